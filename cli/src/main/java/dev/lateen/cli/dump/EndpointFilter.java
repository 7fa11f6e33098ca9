package dev.lateen.cli.dump;

import tools.jackson.databind.JsonNode;

/// Which endpoints to show; empty strings and 0 let everything through.
///
/// @param address `ip:port`, an IP or a path
/// @param cluster the cluster's whole name
/// @param status such as `healthy`
public record EndpointFilter(String address, int port, String cluster, String status) {
    boolean accepts(JsonNode at, String ofCluster, String hasStatus) {
        return (address.isEmpty()
                        || address.equalsIgnoreCase(Addresses.text(at))
                        || address.equalsIgnoreCase(Addresses.host(at)))
                && (port == 0 || port == Addresses.port(at))
                && (cluster.isEmpty() || cluster.equalsIgnoreCase(ofCluster))
                && (status.isEmpty() || status.equalsIgnoreCase(hasStatus));
    }
}
