package dev.lateen.proxy.cluster;

import java.util.List;

/// A cluster's load assignment: its endpoints by locality and priority.
///
/// @param clusterName the name under which endpoint discovery knows it
/// @param overprovisioning hundredths: 140 means that a priority takes all traffic until less than 100/140 is healthy
public record EndpointsConfig(String clusterName, int overprovisioning, List<Locality> localities) {
    public static final int DEFAULT_OVERPROVISIONING = 140;

    /// @param priority 0 is the first to be used
    /// @param weight of the locality among those of its priority; 0 where none is set
    public record Locality(LocalityName name, int priority, int weight, List<EndpointConfig> endpoints) {}

    public static EndpointsConfig empty(String clusterName) {
        return new EndpointsConfig(clusterName, DEFAULT_OVERPROVISIONING, List.of());
    }
}
