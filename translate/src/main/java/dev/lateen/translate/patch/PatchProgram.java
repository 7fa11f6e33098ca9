package dev.lateen.translate.patch;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.model.istio.EnvoyFilter.Part;
import dev.lateen.translate.message.MessageMerge;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The patches that are meant for some proxies, applied to whole sets of resources. Remembers what it made of each
/// resource, so that proxies share the results.
///
/// Limits: a resource that patches make larger by more than 4 MiB stays without them, which is reported.
///
/// Thread: control loop.
// Identity is the point: what was not made anew has not changed.
@SuppressWarnings("ReferenceEquality")
final class PatchProgram {
    /// By how much patches may make a resource larger.
    private static final int MOST_GROWTH = 4 << 20;

    private final PatchNotes notes = new PatchNotes();
    private final Side outbound;
    private final Side inbound;
    private final List<CompiledPatch> patches;
    private final IdentityHashMap<EncodedResource, Optional<EncodedResource>> known = new IdentityHashMap<>();
    private final Map<String, Map<ResourceType, Done>> byProxy = new HashMap<>();
    private int largest = 1_000;

    /// Patches of one context of a proxy.
    private record Side(ListenerPatches listeners, RoutePatches routes, ClusterPatches clusters) {}

    /// The resources of one type before and after.
    private record Done(Map<String, EncodedResource> from, Map<String, EncodedResource> to) {}

    /// @param patches in order
    PatchProgram(
            List<CompiledPatch> patches, boolean router, Map<Integer, Set<Integer>> servicePorts, MessageMerge merge) {
        this.patches = patches;
        this.outbound = side(router ? Context.GATEWAY : Context.SIDECAR_OUTBOUND, servicePorts, merge);
        this.inbound = router ? outbound : side(Context.SIDECAR_INBOUND, servicePorts, merge);
    }

    private Side side(Context context, Map<Integer, Set<Integer>> servicePorts, MessageMerge merge) {
        ProxyPatches mine = new ProxyPatches(patches, context, notes);
        RoutePatches routes = new RoutePatches(mine, merge, context, servicePorts);
        return new Side(new ListenerPatches(mine, merge, routes::apply), routes, new ClusterPatches(mine, merge));
    }

    Collection<Diagnostic> problems() {
        return notes.problems();
    }

    void forget(String proxy) {
        byProxy.remove(proxy);
    }

    /// @param proxy its node id
    XdsResources apply(XdsResources resources, String proxy) {
        Map<ResourceType, Done> before = byProxy.computeIfAbsent(proxy, _ -> new HashMap<>());
        XdsResources now = resources;
        for (ResourceType type : List.of(
                ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.ROUTE, ResourceType.EXTENSION_CONFIG)) {
            Map<String, EncodedResource> from = resources.ofType(type);
            Done done = before.get(type);
            if (done == null || done.from() != from) {
                Map<String, EncodedResource> made = patched(type, from);
                done = new Done(from, done != null && done.to().equals(made) ? done.to() : made);
                before.put(type, done);
            }
            now = now.withMap(type, done.to());
        }
        return now;
    }

    private Map<String, EncodedResource> patched(ResourceType type, Map<String, EncodedResource> from) {
        if (!concerns(type)) {
            return from;
        }
        largest = Math.max(largest, from.size());
        if (known.size() > 6 * largest) {
            known.clear(); // most are of resources that are gone
        }
        Map<String, EncodedResource> to = new LinkedHashMap<>();
        from.forEach((name, resource) ->
                known.computeIfAbsent(resource, this::patched).ifPresent(made -> to.put(made.name(), made)));
        added(type).forEach(resource -> to.putIfAbsent(resource.name(), resource));
        return Collections.unmodifiableMap(to);
    }

    private boolean concerns(ResourceType type) {
        return switch (type) {
            case CLUSTER -> outbound.clusters().any() || inbound.clusters().any();
            case LISTENER ->
                outbound.listeners().any()
                        || inbound.listeners().any()
                        || inbound.routes().any();
            case ROUTE -> outbound.routes().any();
            case EXTENSION_CONFIG -> patches.stream().anyMatch(p -> p.patch().part() == Part.EXTENSION_CONFIG);
            case ENDPOINT, SECRET, NAME_TABLE -> false;
        };
    }

    private Optional<EncodedResource> patched(EncodedResource resource) {
        try {
            ByteString bytes = resource.any().getValue();
            return switch (resource.type()) {
                case CLUSTER -> cluster(resource, Cluster.parseFrom(bytes));
                case LISTENER -> listener(resource, Listener.parseFrom(bytes));
                case ROUTE -> route(resource, RouteConfiguration.parseFrom(bytes));
                case ENDPOINT, SECRET, EXTENSION_CONFIG, NAME_TABLE -> Optional.of(resource);
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it was encoded here: " + resource, e);
        }
    }

    private Optional<EncodedResource> cluster(EncodedResource resource, Cluster cluster) {
        String name = cluster.getName();
        boolean receives = name.startsWith("inbound|") || name.equals("InboundPassthroughCluster");
        Optional<Cluster> made = (receives ? inbound : outbound).clusters().apply(cluster, hosts(cluster));
        List<CompiledPatch> applied = notes.takeApplied();
        return made.map(now -> stays(now, cluster, applied)
                ? resource
                : encoded(
                        ResourceType.CLUSTER,
                        now.getName(),
                        now.toBuilder()
                                .setMetadata(PatchOrigins.added(now.getMetadata(), applied))
                                .build()));
    }

    private Optional<EncodedResource> listener(EncodedResource resource, Listener listener) {
        boolean receives = listener.getTrafficDirection() == TrafficDirection.INBOUND;
        Optional<Listener> made = (receives ? inbound : outbound).listeners().apply(listener);
        List<CompiledPatch> applied = notes.takeApplied();
        return made.map(now -> stays(now, listener, applied)
                ? resource
                : encoded(
                        ResourceType.LISTENER,
                        now.getName(),
                        now.toBuilder()
                                .setMetadata(PatchOrigins.added(now.getMetadata(), applied))
                                .build()));
    }

    private Optional<EncodedResource> route(EncodedResource resource, RouteConfiguration configuration) {
        RouteConfiguration now = outbound.routes().apply(configuration);
        List<CompiledPatch> applied = notes.takeApplied();
        return Optional.of(
                stays(now, configuration, applied)
                        ? resource
                        : encoded(
                                ResourceType.ROUTE,
                                now.getName(),
                                now.toBuilder()
                                        .setMetadata(PatchOrigins.added(now.getMetadata(), applied))
                                        .build()));
    }

    private boolean stays(Message now, Message before, List<CompiledPatch> applied) {
        if (now.getSerializedSize() <= before.getSerializedSize() + MOST_GROWTH) {
            return now.equals(before);
        }
        applied.forEach(patch -> notes.problem(
                patch,
                "makes a resource larger by more than " + (MOST_GROWTH >> 20) + " MiB, which stays without it",
                "use a smaller value or a narrower match"));
        return true;
    }

    /// Of both contexts; what is meant for any is added once.
    private List<EncodedResource> added(ResourceType type) {
        Map<String, EncodedResource> added = new LinkedHashMap<>();
        for (Side side : List.of(outbound, inbound)) {
            if (type == ResourceType.CLUSTER) {
                side.clusters().added().forEach(c -> added.putIfAbsent(c.getName(), encoded(type, c.getName(), c)));
            } else if (type == ResourceType.LISTENER) {
                side.listeners().added().forEach(l -> added.putIfAbsent(l.getName(), encoded(type, l.getName(), l)));
            }
        }
        if (type == ResourceType.EXTENSION_CONFIG) {
            for (CompiledPatch patch : patches) {
                if (patch.patch().part() == Part.EXTENSION_CONFIG && patch.operation() == Operation.ADD) {
                    TypedExtensionConfig config = patch.value(TypedExtensionConfig.class);
                    added.putIfAbsent(config.getName(), encoded(type, config.getName(), config));
                }
            }
        }
        return List.copyOf(added.values());
    }

    private static EncodedResource encoded(ResourceType type, String name, Message message) {
        return EncodedResource.of(type, name, message);
    }

    /// The services that a cluster says in its metadata that it is for.
    private static Set<String> hosts(Cluster cluster) {
        Struct istio = cluster.getMetadata().getFilterMetadataMap().get("istio");
        Set<String> hosts = new HashSet<>();
        if (istio != null && istio.containsFields("services")) {
            istio.getFieldsOrThrow("services")
                    .getListValue()
                    .getValuesList()
                    .forEach(service -> hosts.add(
                            service.getStructValue().getFieldsOrThrow("host").getStringValue()));
        }
        return hosts;
    }
}
