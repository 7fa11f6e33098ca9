package dev.lateen.local.cni;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.local.capture.CapturePlan;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// The mesh's agent of one node, from its start to its end. It answers the plugin before the plugin is there,
/// and takes the plugin away before it falls silent, if it does not come back: while its DaemonSet is there,
/// pods of the mesh wait for it.
///
/// Thread: any.
public final class NodeAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);

    private final NodeAgentSettings settings;
    private final Cluster cluster;
    private final AgentSocket socket;
    private final PluginUpkeep upkeep;
    private final PodRepair repair;
    private final AgentPages pages;

    private NodeAgent(
            NodeAgentSettings settings,
            Cluster cluster,
            AgentSocket socket,
            PluginUpkeep upkeep,
            PodRepair repair,
            AgentPages pages) {
        this.settings = settings;
        this.cluster = cluster;
        this.socket = socket;
        this.upkeep = upkeep;
        this.repair = repair;
        this.pages = pages;
    }

    /// @param rules what the arguments of `istio-iptables` ask for
    public static NodeAgent start(
            NodeAgentSettings settings, Cluster cluster, Function<List<String>, CapturePlan> rules) throws IOException {
        AgentNumbers numbers = new AgentNumbers();
        PodStart starts = new PodStart(settings, cluster, rules);
        AgentSocket socket = AgentSocket.open(settings.socket(), request -> {
            long begin = System.nanoTime();
            PluginAnswer answer = starts.answer(request);
            numbers.answered(answer, System.nanoTime() - begin);
            return answer;
        });
        PluginUpkeep upkeep = PluginUpkeep.start(settings.files(), numbers);
        PodRepair repair = PodRepair.start(settings, cluster, rules, numbers);
        NodeAgent agent =
                new NodeAgent(settings, cluster, socket, upkeep, repair, AgentPages.open(settings.ports(), numbers));
        Thread.ofVirtual().start(agent::askAhead);
        return agent;
    }

    /// So that the first pod does not wait for the connection to the API server.
    private void askAhead() {
        if (!comesBack()) {
            LOG.atWarn()
                    .addKeyValue("name", settings.home().daemonSet())
                    .log("the agent's DaemonSet is not seen: when it ends, the plugin goes from the node");
        }
    }

    @Override
    public void close() {
        repair.close();
        try {
            if (comesBack()) {
                LOG.atInfo().log("the agent ends and comes back: pods of the mesh wait for it");
                upkeep.close();
            } else {
                upkeep.remove();
            }
            socket.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the node is not left as it was");
        }
        pages.close();
        cluster.close();
    }

    /// Who may not ask any more has been taken away; who gets no answer stays careful.
    private boolean comesBack() {
        try {
            Optional<ObjectNode> home = cluster.get(
                    "apps/v1",
                    "DaemonSet",
                    settings.home().namespace(),
                    settings.home().daemonSet());
            return home.isPresent() && !home.get().path("metadata").has("deletionTimestamp");
        } catch (ClusterException e) {
            return !e.isUnauthorized() && !e.isForbidden();
        }
    }
}
