package dev.lateen.local.cni;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The processes of a node, by the pods that they belong to. Thread: any.
final class PodProcesses {
    private PodProcesses() {}

    /// The network of a pod that runs: that of any process whose control group is the pod's. It is
    /// none that shares the node's.
    ///
    /// @param processes the node's `/proc`
    static Optional<PodNetwork> network(Path processes, String uid) throws IOException {
        String underscored = uid.replace('-', '_'); // as systemd's slices have it
        try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
            for (Path process : all) {
                String groups = groups(process);
                if (groups.contains(uid) || groups.contains(underscored)) {
                    Path first = processes.resolve("1/ns/net");
                    Path network = process.resolve("ns/net");
                    return Optional.of(
                            Files.isReadable(first) ? PodNetwork.of(network, first) : new PodNetwork(network));
                }
            }
        }
        return Optional.empty();
    }

    private static String groups(Path process) {
        try {
            return Files.readString(process.resolve("cgroup"));
        } catch (IOException _) {
            return ""; // it has ended
        }
    }
}
