package dev.lateen.local.cni;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.inject.NodeCapture;
import dev.lateen.local.capture.CapturePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Decides what becomes of a pod that gets its network, and makes its rules. What cannot be found out about a
/// pod that injection has been at keeps the pod from starting.
///
/// Thread: any; blocks.
final class PodStart {
    private static final Logger LOG = LoggerFactory.getLogger(PodStart.class);

    private final NodeAgentSettings settings;
    private final Cluster cluster;
    private final Function<List<String>, CapturePlan> rules;

    /// @param rules what the arguments of `istio-iptables` ask for
    PodStart(NodeAgentSettings settings, Cluster cluster, Function<List<String>, CapturePlan> rules) {
        this.settings = settings;
        this.cluster = cluster;
        this.rules = rules;
    }

    PluginAnswer answer(PluginRequest request) {
        if (request.name().isEmpty()
                || settings.excluded().contains(request.namespace())
                || !request.isInjected().orElse(true)) {
            return PluginAnswer.Pass.INSTANCE;
        }
        try {
            Optional<ObjectNode> pod = cluster.get("v1", "Pod", request.namespace(), request.name());
            if (pod.isEmpty()) {
                return new PluginAnswer.Refuse("the API server has no such pod");
            }
            Optional<List<String>> arguments = NodeCapture.arguments(pod.get(), settings.validation());
            if (arguments.isPresent()) {
                capture(request, arguments.get());
            }
            return PluginAnswer.Pass.INSTANCE;
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("namespace", request.namespace())
                    .addKeyValue("pod", request.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("a pod cannot start");
            return new PluginAnswer.Refuse(String.valueOf(e.getMessage()));
        }
    }

    private void capture(PluginRequest request, List<String> arguments) throws IOException {
        // Runtimes run the plugin in the node's network.
        Path plugin = settings.processes().resolve(Long.toString(request.process()));
        PodNetwork.of(plugin.resolve("fd/" + request.file()), plugin.resolve("ns/net"))
                .capture(rules.apply(arguments));
        LOG.atInfo()
                .addKeyValue("namespace", request.namespace())
                .addKeyValue("pod", request.name())
                .log("a pod's traffic is captured");
    }
}
