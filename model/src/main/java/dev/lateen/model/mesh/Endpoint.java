package dev.lateen.model.mesh;

import java.util.List;
import java.util.Map;

/// One place where one port of a service is served.
///
/// @param addresses IP addresses or a host name; the first counts, others are of other address families
/// @param port of the endpoint; 0 with a Unix socket path as address
/// @param servicePort name of the service's port
/// @param weight 0 for unset
/// @param tlsMode `istio` where a sidecar takes mutual TLS, otherwise empty
public record Endpoint(
        List<String> addresses,
        int port,
        String servicePort,
        int weight,
        String tlsMode,
        Health health,
        Locality locality,
        String network,
        String clusterId,
        Owner owner) {

    public Endpoint {
        addresses = List.copyOf(addresses);
    }

    public enum Health {
        HEALTHY,
        UNHEALTHY,
        DRAINING
    }

    /// The workload behind an endpoint.
    ///
    /// @param node name of the machine that it runs on, empty where nobody says
    public record Owner(
            String workload, String namespace, String serviceAccount, Map<String, String> labels, String node) {
        public static final Owner NONE = new Owner("", "", "", Map.of(), "");

        public Owner {
            labels = Map.copyOf(labels);
        }
    }

    /// The same with another weight.
    public Endpoint weighing(int other) {
        return new Endpoint(addresses, port, servicePort, other, tlsMode, health, locality, network, clusterId, owner);
    }

    /// The same in a network.
    Endpoint in(String other) {
        return new Endpoint(addresses, port, servicePort, weight, tlsMode, health, locality, other, clusterId, owner);
    }

    public String address() {
        return addresses.isEmpty() ? "" : addresses.getFirst();
    }

    public Map<String, String> labels() {
        return owner.labels();
    }

    /// Its label of that name; where it runs counts as labels too (see [Topology]).
    public String label(String name) {
        return new Topology(network, clusterId, locality, owner.node()).label(name, owner.labels());
    }

    public boolean takesMutualTls() {
        return tlsMode.equals("istio");
    }
}
