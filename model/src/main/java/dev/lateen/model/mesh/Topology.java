package dev.lateen.model.mesh;

import java.util.Map;

/// Where something runs, as far as known; unknown parts are empty. Rules may ask for it by the names of labels, whether
/// or not the workload itself has those labels: `failoverPriority` of a DestinationRule, as in Istio.
public record Topology(String network, String cluster, Locality locality, String node) {
    public static final String REGION = "topology.kubernetes.io/region";
    public static final String ZONE = "topology.kubernetes.io/zone";
    public static final String SUBZONE = "topology.istio.io/subzone";
    public static final String HOSTNAME = "kubernetes.io/hostname";
    private static final String CLUSTER = "topology.istio.io/cluster";

    /// Where it runs, else what its own labels say.
    String label(String name, Map<String, String> labels) {
        String known = switch (name) {
            case MeshNetworks.LABEL -> network;
            case CLUSTER -> cluster;
            case REGION -> locality.region();
            case ZONE -> locality.zone();
            case SUBZONE -> locality.subZone();
            case HOSTNAME -> node;
            default -> "";
        };
        return known.isEmpty() ? labels.getOrDefault(name, "") : known;
    }
}
