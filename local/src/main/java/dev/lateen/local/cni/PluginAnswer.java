package dev.lateen.local.cni;

import dev.lateen.kubernetes.tree.Trees;

/// What the plugin is told, and with it the runtime.
sealed interface PluginAnswer {
    /// The pod may start.
    enum Pass implements PluginAnswer {
        INSTANCE
    }

    /// The pod may not start now; the runtime tries again.
    ///
    /// Source: CNI specification, "Error"; 11 is its "try again later".
    record Refuse(String reason) implements PluginAnswer {}

    /// As it goes over the socket.
    ///
    /// @param version of the CNI specification that the runtime speaks
    default String text(String version) {
        return switch (this) {
            case Pass _ -> "pass\n";
            case Refuse(String reason) ->
                "refuse\n"
                        + Trees.object(
                                "cniVersion",
                                version,
                                "code",
                                11,
                                "msg",
                                "the mesh's node agent cannot capture the pod's traffic",
                                "details",
                                reason)
                        + "\n";
        };
    }
}
