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

    /// The way to a proxy's admin API.
    public interface Admin {
        HttpPort of(PodProxy proxy) throws IOException;
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
                JsonNode answer = Json.read(admin.of(proxy).get("/decisions?" + query));
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

    /// Those that could not tell: they cannot be reached, or keep no decisions, as Envoy does not.
    public List<String> silent() {
        return List.copyOf(silent);
    }
}
