package dev.lateen.control.debug;

import dev.lateen.control.cluster.ClusterListener.Change;
import dev.lateen.control.source.ChangeListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What happens between a change somewhere and its push, under istiod's names.
///
/// Thread: any.
final class ChangeNumbers implements ChangeListener {
    /// Objects by which Kubernetes says what runs, in istiod's words.
    private static final Map<String, String> REGISTRY = Map.of(
            "Service", "Services",
            "Pod", "Pods",
            "EndpointSlice", "EndpointSlice",
            "Namespace", "Namespaces");
    /// What belongs to neither side of the mesh's configuration.
    private static final Set<String> OWN =
            Set.of("ConfigMap", "Secret", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration");

    private final Counter updates;
    private final Counter triggers;
    private final Counter registryEvents;
    private final Counter configEvents;
    private final Counter keysGot;
    private final Counter keysMissed;
    private final Histogram waiting;
    private final Histogram building;
    private final Gauge refused;

    ChangeNumbers(PrometheusRegistry registry) {
        this.updates = counter(registry, "pilot_inbound_updates", "Resources that came, changed or went.", "type");
        this.triggers = counter(registry, "pilot_push_triggers", "Pushes, by each of the reasons they had.", "type");
        this.registryEvents = counter(
                registry,
                "pilot_k8s_reg_events",
                "Events of what runs in the cluster, by kind and what happened.",
                "type",
                "event");
        this.configEvents = counter(
                registry,
                "pilot_k8s_cfg_events",
                "Events of the mesh's configuration in the cluster, by kind and what happened.",
                "type",
                "event");
        this.keysGot = counter(
                registry, "pilot_jwks_resolver_network_fetch_success", "Issuers that gave the keys of their tokens.");
        this.keysMissed = counter(
                registry, "pilot_jwks_resolver_network_fetch_fail", "Attempts to fetch an issuer's keys that failed.");
        this.waiting = histogram(
                registry, "pilot_debounce_time", "Seconds from the first change that was noticed to its push.");
        this.building =
                histogram(registry, "pilot_pushcontext_init_seconds", "Seconds that the mesh's new state took.");
        this.refused = Gauge.builder()
                .name("pilot_total_rejected_configs")
                .help("Resources that are not in force as they stand; /debug/statusz says why.")
                .register(registry);
    }

    static Counter counter(PrometheusRegistry registry, String name, String help, String... labels) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    static Histogram histogram(PrometheusRegistry registry, String name, String help) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .withoutExemplars() // Looking for some costs a timer, and there is no trace to point at.
                .classicUpperBounds(.001, .005, .01, .05, .1, .25, .5, 1, 3, 5, 10, 20, 30)
                .register(registry);
    }

    /// News of an object of a cluster.
    void event(String kind, Change change) {
        String registryName = REGISTRY.get(kind);
        String event = change.name().toLowerCase(Locale.ROOT);
        if (registryName != null) {
            registryEvents.labelValues(registryName, event).inc();
        } else if (!OWN.contains(kind)) {
            configEvents.labelValues(kind, event).inc();
        }
    }

    @Override
    public void update(Cause about) {
        updates.labelValues(
                        switch (about) {
                            case ENDPOINT -> "eds";
                            case SERVICE -> "svc";
                            case CONFIG, SECRET, GLOBAL, DEBUG -> "config";
                        })
                .inc();
    }

    @Override
    public void triggered(Iterable<Cause> causes, Duration waited) {
        causes.forEach(cause ->
                triggers.labelValues(cause.name().toLowerCase(Locale.ROOT)).inc());
        waiting.observe(seconds(waited));
    }

    @Override
    public void built(Duration took) {
        building.observe(seconds(took));
    }

    @Override
    public void refused(long resources) {
        refused.set((double) resources);
    }

    @Override
    public void keysFetched(boolean got) {
        (got ? keysGot : keysMissed).inc();
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
