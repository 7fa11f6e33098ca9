package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.local.cni.NodeAgent;
import dev.lateen.local.cni.NodeAgentSettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Does what every node's agent does first, then ends: puts the plugin into a network's configuration, and
/// answers it about a pod, here without an API server that could say more. The build of images runs it once and
/// has the JVM record what was loaded (its AOT cache).
///
/// Usage: `CniTraining DIRECTORY`: all files go there.
///
/// Thread: main.
public final class CniTraining {
    private static final String REQUEST = "network 1 0\narguments K8S_POD_NAMESPACE=default;K8S_POD_NAME=training\n\n"
            + "{\"cniVersion\":\"1.0.0\",\"name\":\"training\"}";
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {token: training}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """;

    private CniTraining() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Path plugin = Files.writeString(directory.resolve("plugin"), "training");
        Path programs = Files.createDirectories(directory.resolve("bin"));
        Path configurations = Files.createDirectories(directory.resolve("net.d"));
        Files.writeString(
                configurations.resolve("10-a.conflist"), "{\"name\":\"a\",\"plugins\":[{\"type\":\"bridge\"}]}");
        Path socket = directory.resolve("socket");
        Cluster cluster = Cluster.of(Files.writeString(directory.resolve("kubeconfig"), KUBECONFIG));
        NodeAgentSettings settings = new NodeAgentSettings(
                "training",
                new NodeAgentSettings.Files(plugin, programs, configurations, "", true, socket.toString()),
                socket,
                Path.of("/proc"),
                Set.of(),
                "istio-validation",
                NodeAgentSettings.Repair.NONE,
                new NodeAgentSettings.Home("default", "training"),
                new NodeAgentSettings.Ports(0, 0));
        boolean refused;
        try (NodeAgent _ = NodeAgent.start(settings, cluster, IptablesCommand::settings)) {
            refused = ask(socket).startsWith("refuse");
            IptablesCommand.settings(List.of("istio-iptables", "-p", "15001"));
        }
        System.exit(refused ? 0 : 1);
    }

    private static String ask(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
