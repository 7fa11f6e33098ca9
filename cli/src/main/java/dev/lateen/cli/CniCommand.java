package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.local.cni.NodeAgent;
import dev.lateen.local.cni.NodeAgentSettings;
import dev.lateen.local.cni.NodeAgentSettings.Repair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cni`: the agent of a cluster's node that captures pods' traffic for them.
@Command(
        name = "cni",
        aliases = "install-cni",
        description = {
            "Capture the traffic of this node's pods for their proxies, so that pods need no right to do so.",
            "Puts a CNI plugin into the node's network configuration, keeps it there, and makes the rules of each pod"
                    + " that starts. The DaemonSet istio-cni-node runs it (install --set components.cni.enabled=true)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen cni --bin-dir /host/opt/cni/bin --conf-dir /host/etc/cni/net.d",
            "  lateen cni --conf-file 10-calico.conflist --exclude-namespaces kube-system --repair none"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class CniCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--node", description = "Name of the node.", defaultValue = "${env:NODE_NAME:-}")
    private String node = "";

    @Option(
            names = "--plugin",
            description = "The plugin's program (default: ${DEFAULT-VALUE}).",
            defaultValue = "/opt/lateen/cni/istio-cni")
    private Path plugin = Path.of("/opt/lateen/cni/istio-cni");

    @Option(
            names = "--bin-dir",
            description = "The node's CNI plugins, as seen here (default: ${DEFAULT-VALUE}).",
            defaultValue = "/host/opt/cni/bin")
    private Path programs = Path.of("/host/opt/cni/bin");

    @Option(
            names = "--conf-dir",
            description = "The node's CNI configurations, as seen here (default: ${DEFAULT-VALUE}).",
            defaultValue = "/host/etc/cni/net.d")
    private Path configurations = Path.of("/host/etc/cni/net.d");

    @Option(
            names = "--conf-file",
            description = "Name of the network's configuration; empty for the first by name.",
            defaultValue = "")
    private String configurationName = "";

    @Option(
            names = "--standalone",
            description = "Have a configuration of its own instead of a place in the network's.")
    private boolean standalone;

    @Option(
            names = "--socket",
            description = "Where the plugin asks, here and on the node (default: ${DEFAULT-VALUE}).",
            defaultValue = "/var/run/istio-cni/pluginevent.sock")
    private Path socket = Path.of("/var/run/istio-cni/pluginevent.sock");

    @Option(
            names = "--proc-dir",
            description = "The node's /proc, as seen here (default: ${DEFAULT-VALUE}).",
            defaultValue = "/host/proc")
    private Path processes = Path.of("/host/proc");

    @Option(
            names = "--exclude-namespaces",
            split = ",",
            description = "Namespaces whose pods are left alone.",
            defaultValue = "")
    private Set<String> excluded = Set.of();

    @Option(
            names = "--repair",
            description = "What becomes of pods that started without their rules: ${COMPLETION-CANDIDATES}"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "rules")
    private Repair.Mode repair = Repair.Mode.RULES;

    @Option(
            names = "--repair-container",
            description = "The container that finds its rules missing (default: ${DEFAULT-VALUE}).",
            defaultValue = "istio-validation")
    private String validation = "istio-validation";

    @Option(
            names = "--repair-label",
            paramLabel = "KEY=VALUE",
            description = "The label of pods that somebody else sees to (default: ${DEFAULT-VALUE}).",
            defaultValue = "cni.istio.io/uninitialized=true")
    private String label = "cni.istio.io/uninitialized=true";

    @Option(
            names = "--daemon-set",
            paramLabel = "NAMESPACE/NAME",
            description = "Whose end takes the plugin from the node (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:POD_NAMESPACE:-istio-system}/istio-cni-node")
    private String daemonSet = "istio-system/istio-cni-node";

    @Option(names = "--ready-port", description = "Of /readyz (${DEFAULT-VALUE}).", defaultValue = "8000")
    private int readyPort = 8000;

    @Option(names = "--monitoring-port", description = "Of /metrics (${DEFAULT-VALUE}).", defaultValue = "15014")
    private int metricsPort = 15014;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "The cluster, where this process is none of its pods.")
    private @Nullable Path kubeconfig;

    @Override
    public Integer call() throws IOException, InterruptedException {
        for (Path path : List.of(plugin, programs, configurations, processes)) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), path + ": no such file or directory");
            }
        }
        if (node.isEmpty() && repair != Repair.Mode.NONE) {
            throw new ParameterException(
                    spec.commandLine(), "--node: missing, so that no pod can be repaired (or: --repair none)");
        }
        Cluster cluster = kubeconfig == null ? Cluster.inside() : Cluster.of(kubeconfig);
        NodeAgent agent = NodeAgent.start(settings(), cluster, IptablesCommand::settings);
        Shutdown.register(agent::close);
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return 0;
    }

    private NodeAgentSettings settings() {
        String[] labels = pair(label, "=", "--repair-label");
        String[] home = pair(daemonSet, "/", "--daemon-set");
        return new NodeAgentSettings(
                node,
                new NodeAgentSettings.Files(
                        plugin, programs, configurations, configurationName, !standalone, socket.toString()),
                socket,
                processes,
                excluded,
                validation,
                new Repair(repair, labels[0], labels[1]),
                new NodeAgentSettings.Home(home[0], home[1]),
                new NodeAgentSettings.Ports(readyPort, metricsPort));
    }

    private String[] pair(String text, String separator, String option) {
        int place = text.indexOf(separator);
        if (place <= 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + ": '" + text + "' (expected: two words with " + separator + " between)");
        }
        return new String[] {text.substring(0, place), text.substring(place + 1)};
    }
}
