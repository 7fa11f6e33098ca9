package dev.lateen.local.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What the agent of a node goes by.
///
/// @param node name of the node
/// @param files where the plugin goes
/// @param socket where the plugin asks, as this process sees it
/// @param processes the node's `/proc`, as this process sees it
/// @param excluded namespaces whose pods are left alone
/// @param validation name of the container that checks the rules
/// @param home where this agent was installed
public record NodeAgentSettings(
        String node,
        Files files,
        Path socket,
        Path processes,
        Set<String> excluded,
        String validation,
        Repair repair,
        Home home,
        Ports ports) {

    /// Where the node has its plugins and its networks' configuration, as this process sees them.
    ///
    /// @param plugin the plugin's program in this image
    /// @param configurationName of the file; empty for the first of its directory
    /// @param chained whether the plugin is added to a network's; otherwise it has a file of its own
    /// @param socketOnNode where the plugin asks, as the node sees it
    public record Files(
            Path plugin,
            Path programs,
            Path configurations,
            String configurationName,
            boolean chained,
            String socketOnNode) {}

    /// What becomes of pods that started without their rules.
    ///
    /// @param key of the label that `LABEL` sets
    public record Repair(Mode mode, String key, String value) {
        public static final Repair NONE = new Repair(Mode.NONE, "", "");

        /// `RULES` makes them then, `DELETE` has whoever made the pod make another, `LABEL` leaves it to somebody
        /// else.
        public enum Mode {
            RULES,
            DELETE,
            LABEL,
            NONE
        }
    }

    /// The DaemonSet that this agent belongs to: when that has gone, the plugin goes.
    public record Home(String namespace, String daemonSet) {}

    /// @param ready of `/readyz`, 0 for any
    /// @param metrics of `/metrics`, 0 for any
    public record Ports(int ready, int metrics) {}

    public NodeAgentSettings {
        excluded = Set.copyOf(excluded);
    }

    /// The commands' way into a network.
    static List<String> inside(String network) {
        return List.of("nsenter", "--net=" + network, "--");
    }
}
