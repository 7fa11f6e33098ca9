package dev.lateen.local.cni;

import dev.lateen.local.capture.CapturePlan;
import dev.lateen.local.capture.PacketFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The network of a pod, by a file that leads into it. Thread: any; blocks.
///
/// @param file of the node's `/proc`
record PodNetwork(Path file) {
    private static final String INODE = "unix:ino";

    /// @param node the network of a process that has the node's own
    /// @throws IOException where it cannot be found, or is not a pod's: the node's own network has no rules of pods
    static PodNetwork of(Path file, Path node) throws IOException {
        if (Files.getAttribute(file, INODE).equals(Files.getAttribute(node, INODE))) {
            throw new IOException("the pod has the network of its node");
        }
        return new PodNetwork(file);
    }

    /// @throws IllegalStateException where they cannot be made
    void capture(CapturePlan plan) {
        PacketFilter.apply(inside(), plan.withIpv6(PacketFilter.hasIpv6(inside())));
    }

    /// @throws IllegalStateException where it cannot be asked
    boolean isCaptured(boolean nftables) {
        return PacketFilter.isApplied(inside(), nftables);
    }

    private List<String> inside() {
        return NodeAgentSettings.inside(file.toString());
    }
}
