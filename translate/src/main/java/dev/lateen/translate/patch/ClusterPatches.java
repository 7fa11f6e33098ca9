package dev.lateen.translate.patch;

import dev.lateen.model.istio.EnvoyFilter.ClusterMatch;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.model.istio.EnvoyFilter.Part;
import dev.lateen.translate.message.MessageMerge;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Patches of clusters.
///
/// Source: Istio's reference of EnvoyFilter.
///
/// Thread: control loop.
final class ClusterPatches {
    private final ProxyPatches patches;
    private final MessageMerge merge;

    ClusterPatches(ProxyPatches patches, MessageMerge merge) {
        this.patches = patches;
        this.merge = merge;
    }

    boolean any() {
        return patches.any(Part.CLUSTER);
    }

    /// Empty where it is removed.
    ///
    /// @param hosts the services of a cluster whose name has none
    Optional<Cluster> apply(Cluster cluster, Set<String> hosts) {
        return patches.changed(Part.CLUSTER, cluster, patch -> isFor(patch, cluster.getName(), hosts), this::merged);
    }

    /// The clusters that are added.
    List<Cluster> added() {
        return patches.added(Part.CLUSTER, Cluster.class, _ -> true);
    }

    private Cluster merged(CompiledPatch patch, Cluster cluster) {
        Cluster value = patch.value(Cluster.class);
        if (!value.hasTransportSocket() || cluster.getTransportSocketMatchesCount() == 0) {
            return patch.mergedInto(cluster, merge);
        }
        // Each endpoint chooses its socket: the patch is meant for the one of its name.
        Cluster rest = value.toBuilder().clearTransportSocket().build();
        boolean replaceLists = patch.operation() == Operation.MERGE_AND_REPLACE_LIST;
        return merge.merged(sockets(patch, cluster, value.getTransportSocket(), replaceLists), rest, replaceLists);
    }

    private Cluster sockets(CompiledPatch patch, Cluster cluster, TransportSocket wanted, boolean replaceLists) {
        Cluster.Builder now = cluster.toBuilder();
        for (int i = 0; i < now.getTransportSocketMatchesCount(); i++) {
            TransportSocketMatch match = now.getTransportSocketMatches(i);
            if (match.getTransportSocket().getName().equals(wanted.getName())) {
                return now.setTransportSocketMatches(
                                i,
                                match.toBuilder()
                                        .setTransportSocket(
                                                merge.merged(match.getTransportSocket(), wanted, replaceLists)))
                        .build();
            }
        }
        patches.notes()
                .problem(
                        patch,
                        "cluster " + cluster.getName() + " chooses its transport socket by endpoint, and none is a "
                                + wanted.getName(),
                        "set trafficPolicy.tls in a DestinationRule, which leaves one socket");
        return cluster;
    }

    private static boolean isFor(CompiledPatch patch, String name, Set<String> hosts) {
        ClusterMatch match = patch.match().cluster().orElse(null);
        if (match == null) {
            return true;
        }
        if (!match.name().isEmpty()) {
            return match.name().equals(name);
        }
        String[] parts = name.split("\\|", 4);
        boolean mesh = parts.length == 4;
        String port = mesh ? parts[1] : "";
        String subset = mesh ? parts[2] : "";
        boolean inbound = mesh && parts[0].equals("inbound") && !hosts.isEmpty();
        boolean service = match.service().isEmpty()
                || (inbound ? hosts.contains(match.service()) : mesh && parts[3].equals(match.service()));
        return service
                && (match.subset().isEmpty() || match.subset().equals(subset))
                && (match.port() == 0 || port.equals(Integer.toString(match.port())));
    }
}
