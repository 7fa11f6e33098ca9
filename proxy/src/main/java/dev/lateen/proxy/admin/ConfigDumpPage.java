package dev.lateen.proxy.admin;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.lateen.proxy.admin.AdminBackend.Accepted;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.config.Redactor;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.admin.v3.BootstrapConfigDump;
import io.envoyproxy.envoy.admin.v3.ClustersConfigDump;
import io.envoyproxy.envoy.admin.v3.ConfigDump;
import io.envoyproxy.envoy.admin.v3.EndpointsConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.admin.v3.RoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.SecretsConfigDump;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `/config_dump`: the resources in force as `envoy.admin.v3.ConfigDump`, in the order in which Envoy shows them,
/// without secrets. Costs memory for JSON and descriptors when it is first asked for.
final class ConfigDumpPage {
    private ConfigDumpPage() {}

    static AdminReply of(AdminBackend backend, AdminRequest request) {
        List<Message> parts = new ArrayList<>();
        parts.add(BootstrapConfigDump.newBuilder()
                .setBootstrap((Bootstrap) backend.bootstrap())
                .build());
        parts.add(clusters(backend.resources(ResourceType.CLUSTER)));
        if (request.has("include_eds")) {
            parts.add(endpoints(backend.resources(ResourceType.ENDPOINT)));
        }
        parts.add(listeners(backend.resources(ResourceType.LISTENER)));
        parts.add(routes(backend.resources(ResourceType.ROUTE)));
        parts.add(secrets(backend.resources(ResourceType.SECRET)));
        ConfigDump.Builder dump = ConfigDump.newBuilder();
        for (Message part : parts) {
            dump.addConfigs(Any.pack(part));
        }
        return request.parameter("resource")
                .map(resource -> only(resource, parts))
                .orElseGet(() -> AdminReply.json(print(dump.build())));
    }

    /// One repeated field of all parts, such as `dynamic_active_clusters`.
    private static AdminReply only(String resource, List<Message> parts) {
        ConfigDump.Builder dump = ConfigDump.newBuilder();
        boolean known = false;
        for (Message part : parts) {
            var field = part.getDescriptorForType().findFieldByName(resource);
            if (field == null || !field.isRepeated()) {
                continue;
            }
            known = true;
            for (Object item : (List<?>) ProtoJson.dynamic(part).getField(field)) {
                dump.addConfigs(Any.pack((Message) item));
            }
        }
        return known
                ? AdminReply.json(print(dump.build()))
                : AdminReply.text(404, resource + " not found in config dump\n");
    }

    static String print(Message message) {
        ProtoJson json = new ProtoJson();
        try {
            return json.print(new Redactor(json).redact(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a resource in force cannot be shown", e);
        }
    }

    private static Timestamp time(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static String versionOf(List<Accepted> resources) {
        return resources.stream()
                .filter(one -> !one.fixed())
                .map(Accepted::version)
                .findFirst()
                .orElse("");
    }

    private static Message clusters(List<Accepted> resources) {
        ClustersConfigDump.Builder dump = ClustersConfigDump.newBuilder().setVersionInfo(versionOf(resources));
        for (Accepted one : resources) {
            if (one.fixed()) {
                dump.addStaticClustersBuilder().setCluster(one.resource()).setLastUpdated(time(one.updated()));
            } else {
                dump.addDynamicActiveClustersBuilder()
                        .setVersionInfo(one.version())
                        .setCluster(one.resource())
                        .setLastUpdated(time(one.updated()));
            }
        }
        return dump.build();
    }

    private static Message endpoints(List<Accepted> resources) {
        EndpointsConfigDump.Builder dump = EndpointsConfigDump.newBuilder();
        for (Accepted one : resources) {
            dump.addDynamicEndpointConfigsBuilder()
                    .setVersionInfo(one.version())
                    .setEndpointConfig(one.resource())
                    .setLastUpdated(time(one.updated()));
        }
        return dump.build();
    }

    private static Message listeners(List<Accepted> resources) {
        ListenersConfigDump.Builder dump = ListenersConfigDump.newBuilder().setVersionInfo(versionOf(resources));
        for (Accepted one : resources) {
            if (one.fixed()) {
                dump.addStaticListenersBuilder().setListener(one.resource()).setLastUpdated(time(one.updated()));
            } else {
                dump.addDynamicListenersBuilder()
                        .setName(one.name())
                        .getActiveStateBuilder()
                        .setVersionInfo(one.version())
                        .setListener(one.resource())
                        .setLastUpdated(time(one.updated()));
            }
        }
        return dump.build();
    }

    private static Message routes(List<Accepted> resources) {
        RoutesConfigDump.Builder dump = RoutesConfigDump.newBuilder();
        for (Accepted one : resources) {
            if (one.fixed()) {
                dump.addStaticRouteConfigsBuilder()
                        .setRouteConfig(one.resource())
                        .setLastUpdated(time(one.updated()));
            } else {
                dump.addDynamicRouteConfigsBuilder()
                        .setVersionInfo(one.version())
                        .setRouteConfig(one.resource())
                        .setLastUpdated(time(one.updated()));
            }
        }
        return dump.build();
    }

    private static Message secrets(List<Accepted> resources) {
        SecretsConfigDump.Builder dump = SecretsConfigDump.newBuilder();
        for (Accepted one : resources) {
            if (one.fixed()) {
                dump.addStaticSecretsBuilder()
                        .setName(one.name())
                        .setSecret(one.resource())
                        .setLastUpdated(time(one.updated()));
            } else {
                dump.addDynamicActiveSecretsBuilder()
                        .setName(one.name())
                        .setVersionInfo(one.version())
                        .setSecret(one.resource())
                        .setLastUpdated(time(one.updated()));
            }
        }
        return dump.build();
    }
}
