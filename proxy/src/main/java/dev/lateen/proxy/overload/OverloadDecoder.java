package dev.lateen.proxy.overload;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.overload.OverloadConfig.Action;
import dev.lateen.proxy.overload.OverloadConfig.Kind;
import dev.lateen.proxy.overload.OverloadConfig.Monitor;
import dev.lateen.proxy.overload.OverloadConfig.Shortened;
import dev.lateen.proxy.overload.OverloadConfig.Timer;
import dev.lateen.proxy.overload.OverloadConfig.Trigger;
import io.envoyproxy.envoy.config.overload.v3.LoadShedPoint;
import io.envoyproxy.envoy.config.overload.v3.OverloadAction;
import io.envoyproxy.envoy.config.overload.v3.OverloadManager;
import io.envoyproxy.envoy.config.overload.v3.ResourceMonitor;
import io.envoyproxy.envoy.config.overload.v3.ScaleTimersOverloadActionConfig;
import io.envoyproxy.envoy.config.overload.v3.ScaleTimersOverloadActionConfig.ScaleTimer;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Decodes a bootstrap's `overload_manager`.
public final class OverloadDecoder {
    private static final String MONITORS = "envoy.extensions.resource_monitors.";
    private static final String HEAP = MONITORS + "fixed_heap.v3.FixedHeapConfig";
    private static final String CONNECTIONS = MONITORS + "downstream_connections.v3.DownstreamConnectionsConfig";
    private static final String INJECTED = MONITORS + "injected_resource.v3.InjectedResourceConfig";
    private static final String TIMERS = "envoy.config.overload.v3.ScaleTimersOverloadActionConfig";
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MIN_INTERVAL = Duration.ofMillis(10);

    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .message(
                    "envoy.config.overload.v3.OverloadManager",
                    "refresh_interval",
                    "resource_monitors",
                    "actions",
                    "loadshed_points")
            .message("envoy.config.overload.v3.LoadShedPoint", "name", "triggers")
            .harmless(
                    "envoy.config.overload.v3.OverloadManager",
                    "buffers are counted for every request",
                    "buffer_factory_config")
            .whole("envoy.config.overload.v3.BufferFactoryConfig")
            .message("envoy.config.overload.v3.ResourceMonitor", "name", "typed_config")
            .message("envoy.config.overload.v3.OverloadAction", "name", "triggers", "typed_config")
            .message(TIMERS, "timer_scale_factors")
            .message(TIMERS + ".ScaleTimer", "timer", "min_timeout", "min_scale")
            .message("envoy.type.v3.Percent", "value")
            .message("envoy.config.overload.v3.Trigger", "name", "threshold", "scaled")
            .message("envoy.config.overload.v3.ThresholdTrigger", "value")
            .message("envoy.config.overload.v3.ScaledTrigger", "scaling_threshold", "saturation_threshold")
            .message(HEAP, "max_heap_size_bytes")
            .message(CONNECTIONS, "max_active_downstream_connections")
            .message(INJECTED, "filename")
            .build();

    private OverloadDecoder() {}

    /// Throws a `Refusal`.
    public static OverloadConfig decode(OverloadManager proto, Place at) {
        Duration interval = proto.hasRefreshInterval()
                ? CommonDecoder.duration(proto.getRefreshInterval(), at.field("refresh_interval"))
                : DEFAULT_INTERVAL;
        at.field("refresh_interval")
                .require(interval.compareTo(MIN_INTERVAL) >= 0, "value: " + interval + " (expected: 10 ms or more)");
        List<Monitor> monitors = new ArrayList<>();
        for (int index = 0; index < proto.getResourceMonitorsCount(); index++) {
            monitors.add(monitor(
                    proto.getResourceMonitors(index),
                    at.field("resource_monitors").index(index)));
        }
        List<Action> actions = new ArrayList<>();
        for (int index = 0; index < proto.getActionsCount(); index++) {
            actions.add(action(
                    proto.getActions(index), monitors, at.field("actions").index(index)));
        }
        for (int index = 0; index < proto.getLoadshedPointsCount(); index++) {
            actions.add(point(
                    proto.getLoadshedPoints(index),
                    monitors,
                    at.field("loadshed_points").index(index)));
        }
        return new OverloadConfig(interval, monitors, actions);
    }

    private static Monitor monitor(ResourceMonitor monitor, Place at) {
        at.field("name").require(!monitor.getName().isEmpty(), "is empty");
        Place place = at.field("typed_config");
        place.require(monitor.hasTypedConfig(), "is missing");
        TypedConfig config = TypedConfig.of(monitor.getTypedConfig(), place);
        String name = monitor.getName();
        return switch (config.type()) {
            case HEAP -> {
                long max =
                        config.unpack(FixedHeapConfig.parser(), FIELDS, place).getMaxHeapSizeBytes();
                place.field("max_heap_size_bytes").require(max > 0, "a positive number is expected");
                yield new Monitor.Heap(name, max);
            }
            case CONNECTIONS -> {
                long max = config.unpack(DownstreamConnectionsConfig.parser(), FIELDS, place)
                        .getMaxActiveDownstreamConnections();
                place.field("max_active_downstream_connections").require(max > 0, "a positive number is expected");
                yield new Monitor.Connections(name, max);
            }
            case INJECTED -> {
                String file = config.unpack(InjectedResourceConfig.parser(), FIELDS, place)
                        .getFilename();
                place.field("filename").require(!file.isEmpty(), "is empty");
                yield new Monitor.Injected(name, Path.of(file));
            }
            default ->
                throw place.refuse("resource monitor '" + config.type() + "' is not supported by this proxy yet");
        };
    }

    private static Action action(OverloadAction action, List<Monitor> monitors, Place at) {
        Kind kind = kind(action.getName(), false, at.field("name"));
        Place config = at.field("typed_config");
        config.require(
                action.hasTypedConfig() == (kind == Kind.REDUCE_TIMEOUTS),
                kind == Kind.REDUCE_TIMEOUTS ? "is missing" : "this action has none");
        return new Action(
                kind,
                triggers(action.getTriggersList(), monitors, at.field("triggers")),
                kind == Kind.REDUCE_TIMEOUTS
                        ? shortened(TypedConfig.of(action.getTypedConfig(), config), config)
                        : List.of());
    }

    private static List<Shortened> shortened(TypedConfig config, Place at) {
        List<Shortened> shortened = new ArrayList<>();
        for (ScaleTimer timer : config.unpack(ScaleTimersOverloadActionConfig.parser(), FIELDS, at)
                .getTimerScaleFactorsList()) {
            shortened.add(shortened(timer, at.field("timer_scale_factors").index(shortened.size())));
        }
        at.field("timer_scale_factors").require(!shortened.isEmpty(), "is empty");
        return shortened;
    }

    private static Shortened shortened(ScaleTimer scale, Place at) {
        Timer timer = switch (scale.getTimer()) {
            case HTTP_DOWNSTREAM_CONNECTION_IDLE -> Timer.CONNECTION_IDLE;
            case HTTP_DOWNSTREAM_STREAM_IDLE -> Timer.STREAM_IDLE;
            case HTTP_DOWNSTREAM_CONNECTION_MAX -> Timer.CONNECTION_MAX;
            case TRANSPORT_SOCKET_CONNECT, UNSPECIFIED, UNRECOGNIZED ->
                throw at.field("timer")
                        .refuse(
                                scale.getTimerValue(),
                                "HTTP_DOWNSTREAM_CONNECTION_IDLE, HTTP_DOWNSTREAM_STREAM_IDLE or HTTP_DOWNSTREAM_CONNECTION_MAX");
        };
        return switch (scale.getOverloadAdjustCase()) {
            case MIN_TIMEOUT ->
                new Shortened(
                        timer,
                        CommonDecoder.duration(scale.getMinTimeout(), at.field("min_timeout"))
                                .toNanos(),
                        0);
            case MIN_SCALE ->
                new Shortened(timer, -1, share(scale.getMinScale().getValue() / 100, at.field("min_scale.value")));
            case OVERLOADADJUST_NOT_SET -> throw at.refuse("has neither min_timeout nor min_scale");
        };
    }

    private static Action point(LoadShedPoint point, List<Monitor> monitors, Place at) {
        Kind kind = kind(point.getName(), true, at.field("name"));
        return new Action(kind, triggers(point.getTriggersList(), monitors, at.field("triggers")));
    }

    private static Kind kind(String name, boolean isPoint, Place at) {
        for (Kind candidate : Kind.values()) {
            if (candidate.actionName().equals(name) && candidate.isLoadShedPoint() == isPoint) {
                return candidate;
            }
        }
        throw at.refuse((isPoint ? "load-shed point '" : "action '") + name + "' is not supported by this proxy yet");
    }

    private static List<Trigger> triggers(
            List<io.envoyproxy.envoy.config.overload.v3.Trigger> protos, List<Monitor> monitors, Place at) {
        at.require(!protos.isEmpty(), "is empty");
        List<Trigger> triggers = new ArrayList<>();
        for (int index = 0; index < protos.size(); index++) {
            triggers.add(trigger(protos.get(index), monitors, at.index(index)));
        }
        return triggers;
    }

    private static Trigger trigger(
            io.envoyproxy.envoy.config.overload.v3.Trigger trigger, List<Monitor> monitors, Place at) {
        String name = trigger.getName();
        at.field("name")
                .require(
                        monitors.stream().anyMatch(monitor -> monitor.name().equals(name)),
                        "'" + name + "' is no monitor of resource_monitors");
        return switch (trigger.getTriggerOneofCase()) {
            case THRESHOLD -> {
                double value = share(trigger.getThreshold().getValue(), at.field("threshold.value"));
                yield new Trigger(name, value, value);
            }
            case SCALED -> {
                double from = share(trigger.getScaled().getScalingThreshold(), at.field("scaled.scaling_threshold"));
                double full =
                        share(trigger.getScaled().getSaturationThreshold(), at.field("scaled.saturation_threshold"));
                at.field("scaled").require(from < full, "scaling_threshold must be below saturation_threshold");
                yield new Trigger(name, from, full);
            }
            case TRIGGERONEOF_NOT_SET -> throw at.refuse("has neither threshold nor scaled");
        };
    }

    private static double share(double value, Place at) {
        at.require(value >= 0 && value <= 1, "value: " + value + " (expected: 0 to 1)");
        return value;
    }
}
