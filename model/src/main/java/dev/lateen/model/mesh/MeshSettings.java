package dev.lateen.model.mesh;

import java.util.Set;

/// What the control plane itself is told, beside `MeshConfig`.
///
/// @param clusterId names this cluster in node metadata and endpoint labels
/// @param clusterDomain suffix of service names
/// @param shortNames what completes a host name without dots, after its namespace
/// @param features Istio's switches that are on although they are off by default, by their names in Istio's source;
///     with a `!` in front, off although on by default
/// @param assignsClusterAddresses gives Kubernetes services that name no cluster address one, as an API server would;
///     for manifests that have not been through one
/// @param keyFetching who fetches keys of tokens' issuers
public record MeshSettings(
        String clusterId,
        String clusterDomain,
        String shortNames,
        Set<String> features,
        boolean assignsClusterAddresses,
        KeyFetching keyFetching) {
    public static final MeshSettings DEFAULT = of("Kubernetes", "cluster.local");

    public static MeshSettings of(String clusterId, String clusterDomain) {
        return new MeshSettings(
                clusterId, clusterDomain, ".svc." + clusterDomain, Set.of(), false, KeyFetching.CONTROL_PLANE);
    }

    /// As where no API server has given services their addresses.
    public MeshSettings assigningClusterAddresses() {
        return new MeshSettings(clusterId, clusterDomain, shortNames, features, true, keyFetching);
    }

    public MeshSettings withKeyFetching(KeyFetching mode) {
        return new MeshSettings(clusterId, clusterDomain, shortNames, features, assignsClusterAddresses, mode);
    }

    public MeshSettings {
        features = Set.copyOf(features);
    }

    public boolean on(String feature) {
        return features.contains(feature);
    }
}
