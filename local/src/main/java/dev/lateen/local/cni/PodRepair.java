package dev.lateen.local.cni;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.inject.NodeCapture;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.local.capture.CapturePlan;
import dev.lateen.local.cni.NodeAgentSettings.Repair.Mode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Sees to pods of this node that got their network before the plugin was there: their container has found no
/// rules, and their proxies have not started. Looks every five seconds at pods that have not started, which the
/// API server finds by an index.
///
/// Thread: one of its own.
final class PodRepair implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodRepair.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final NodeAgentSettings settings;
    private final Cluster cluster;
    private final Function<List<String>, CapturePlan> rules;
    private final AgentNumbers numbers;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private String said = "";

    private PodRepair(
            NodeAgentSettings settings,
            Cluster cluster,
            Function<List<String>, CapturePlan> rules,
            AgentNumbers numbers) {
        this.settings = settings;
        this.cluster = cluster;
        this.rules = rules;
        this.numbers = numbers;
    }

    static PodRepair start(
            NodeAgentSettings settings,
            Cluster cluster,
            Function<List<String>, CapturePlan> rules,
            AgentNumbers numbers) {
        PodRepair repair = new PodRepair(settings, cluster, rules, numbers);
        if (settings.repair().mode() != Mode.NONE) {
            repair.timer.scheduleWithFixedDelay(
                    repair::look, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
        return repair;
    }

    private void look() {
        String trouble = "";
        try {
            for (ObjectNode pod : waiting()) {
                if (BrokenPod.is(pod, settings.validation()) && !isExcluded(pod)) {
                    repair(pod);
                }
            }
        } catch (ClusterException | RuntimeException e) {
            trouble = String.valueOf(e.getMessage());
            if (!trouble.equals(said)) {
                LOG.atWarn().addKeyValue("reason", trouble).log("pods cannot be looked at");
            }
        }
        said = trouble;
    }

    private List<ObjectNode> waiting() throws ClusterException {
        String fields =
                URLEncoder.encode("spec.nodeName=" + settings.node() + ",status.phase=Pending", StandardCharsets.UTF_8);
        return Trees.objects(
                Trees.parse(cluster.page("/api/v1/pods?resourceVersion=0&fieldSelector=" + fields)), "items");
    }

    private boolean isExcluded(ObjectNode pod) {
        return settings.excluded().contains(Trees.text(pod, "metadata", "namespace"));
    }

    private void repair(ObjectNode pod) {
        String namespace = Trees.text(pod, "metadata", "namespace");
        String name = Trees.text(pod, "metadata", "name");
        try {
            Optional<String> done = switch (settings.repair().mode()) {
                case RULES -> mend(pod) ? Optional.of("a pod got its rules late") : Optional.empty();
                case DELETE -> {
                    cluster.delete("v1", "Pod", namespace, name);
                    yield Optional.of("a pod was deleted");
                }
                case LABEL -> label(pod, namespace, name) ? Optional.of("labelled") : Optional.empty();
                case NONE -> Optional.empty();
            };
            if (done.isPresent()) {
                numbers.repaired(true);
                LOG.atInfo()
                        .addKeyValue("namespace", namespace)
                        .addKeyValue("pod", name)
                        .log(done.get());
            }
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            numbers.repaired(false);
            LOG.atWarn()
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("pod", name)
                    .addKeyValue("reason", e.getMessage())
                    .log("a pod that started without its rules cannot be repaired");
        }
    }

    /// @return whether there was something to do; the container that checks runs again by itself
    private boolean mend(ObjectNode pod) throws IOException {
        Optional<List<String>> arguments = NodeCapture.arguments(pod, settings.validation());
        if (arguments.isEmpty() || Trees.flag(pod, "spec", "hostNetwork")) {
            return false;
        }
        PodNetwork network = PodProcesses.network(settings.processes(), Trees.text(pod, "metadata", "uid"))
                .orElseThrow(() -> new IOException("no process of it is found on this node"));
        CapturePlan plan = rules.apply(arguments.get());
        if (network.isCaptured(plan.nftables())) {
            return false;
        }
        network.capture(plan);
        return true;
    }

    /// @return whether the pod has the label only now
    private boolean label(ObjectNode pod, String namespace, String name) throws ClusterException {
        String key = settings.repair().key();
        String value = settings.repair().value();
        if (Trees.text(Trees.at(pod, "metadata", "labels"), key).equals(value)) {
            return false;
        }
        String place = "/metadata/labels/" + key.replace("~", "~0").replace("/", "~1");
        cluster.patch(
                "v1",
                "Pod",
                namespace,
                name,
                Trees.array(Trees.object("op", "add", "path", place, "value", value))
                        .toString());
        return true;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
