package dev.lateen.dashboard.explain;

/// The parts of a cluster's name, `outbound|80|v1|reviews.default.svc.cluster.local`. Thread: any (immutable).
///
/// @param host empty where the name has another form
record ClusterName(String direction, String port, String subset, String host) {
    static ClusterName parse(String name) {
        String[] parts = name.split("\\|", -1);
        return parts.length == 4
                ? new ClusterName(parts[0], parts[1], parts[2], parts[3])
                : new ClusterName("", "", "", "");
    }
}
