package dev.lateen.cli.explain;

import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import dev.lateen.control.dashboard.DecisionReader;
import dev.lateen.dashboard.explain.Decision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What the proxies of a mesh have noted of requests.
///
/// Thread: one; blocks.
public final class MeshDecisions {
    private final List<PodProxy> proxies;
    private final Admin admin;
    private final List<String> silent = new ArrayList<>();

    /// The ways to what a proxy noted.
    ///
    /// @param admin its admin API, where our proxy shows it
    /// @param agent the agent beside Envoy, which notes it from Envoy's access log
    public record Admin(Port admin, Port agent) {
        /// A port of a pod.
        public interface Port {
            HttpPort of(PodProxy proxy) throws IOException;
        }

        /// @param query of `/decisions`
        /// @throws IOException where neither answers; what our proxy said where both do not
        String decisions(PodProxy proxy, String query) throws IOException {
            try {
                return admin.of(proxy).get("/decisions?" + query);
            } catch (IOException failure) {
                try {
                    return agent.of(proxy).get("/decisions?" + query);
                } catch (IOException _) {
                    throw failure;
                }
            }
        }
    }

    public MeshDecisions(List<PodProxy> proxies, Admin admin) {
        this.proxies = List.copyOf(proxies);
        this.admin = admin;
    }

    /// What all of them noted, in the order in which it began; what began in the same millisecond in the order of how
    /// long it took, since a hop takes longer than those within it.
    ///
    /// @param query of `/decisions`
    public List<Decision> find(String query) {
        List<Decision> found = new ArrayList<>();
        for (PodProxy proxy : proxies) {
            try {
                JsonNode answer = Json.read(admin.decisions(proxy, query));
                Json.items(answer, "decisions").forEach(one -> found.add(DecisionReader.read(one, proxy.name())));
            } catch (IOException | JacksonException _) {
                silent.add(proxy.name());
            }
        }
        found.sort(Comparator.comparingLong((Decision one) -> one.asked().startMillis())
                .thenComparing(
                        Comparator.comparingLong((Decision one) -> one.answer().micros())
                                .reversed()));
        return List.copyOf(found);
    }

    /// Those that could not tell: they cannot be reached, or keep no decisions, as Envoy does not without our agent.
    public List<String> silent() {
        return List.copyOf(silent);
    }
}
