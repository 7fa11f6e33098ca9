package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Metadata;

/// What a cluster is configured to be; equal configurations keep the running cluster with its connections.
///
/// @param statName the name in statistics: `alt_stat_name`, else the name; colons become underscores there
/// @param metadata Istio's `istio` → `services` names the destination service in metrics
public record ClusterConfig(
        String name,
        String statName,
        Discovery discovery,
        ConnectionSettings connections,
        LoadBalancing loadBalancing,
        CircuitBreakers breakers,
        OutlierDetection outlier,
        HttpOptions http,
        TransportSockets transport,
        HealthSettings health,
        Metadata metadata) {
    /// One whose hosts are not checked.
    ClusterConfig(
            String name,
            String statName,
            Discovery discovery,
            ConnectionSettings connections,
            LoadBalancing loadBalancing,
            CircuitBreakers breakers,
            OutlierDetection outlier,
            HttpOptions http,
            TransportSockets transport,
            Metadata metadata) {
        this(
                name,
                statName,
                discovery,
                connections,
                loadBalancing,
                breakers,
                outlier,
                http,
                transport,
                HealthSettings.NONE,
                metadata);
    }
}
