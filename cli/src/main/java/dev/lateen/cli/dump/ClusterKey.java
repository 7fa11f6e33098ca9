package dev.lateen.cli.dump;

import java.util.Comparator;
import java.util.List;

/// The parts of a cluster's name in Istio's scheme, `direction|port|subset|host`; any other name is all host.
///
/// @param port 0 where the name has none
/// @param structured whether the name follows the scheme
record ClusterKey(String direction, int port, String subset, String host, boolean structured) {
    static final Comparator<ClusterKey> ORDER = Comparator.comparing(ClusterKey::host)
            .thenComparing(ClusterKey::subset)
            .thenComparingInt(ClusterKey::port)
            .thenComparing(ClusterKey::direction);

    static ClusterKey of(String name) {
        List<String> parts = List.of(name.split("\\|", -1));
        if (parts.size() < 4) {
            return new ClusterKey("", 0, "", name, false);
        }
        return new ClusterKey(parts.get(0), number(parts.get(1)), parts.get(2), parts.get(3), true);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
