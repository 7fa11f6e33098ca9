package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.dashboard.DecisionReader;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Explainer;
import dev.lateen.dashboard.explain.Explanation;
import dev.lateen.dashboard.explain.Places;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether every refusal of a proxy can be explained by what it has noted of it, where its configuration is static: so
/// by filter, route or cluster, since there are no resources.
public final class Explained {
    /// Files of the build that gather the different refusals that have been looked at.
    public static final Path IN_MESHES = Path.of("target", "refusals-of-meshes.txt");

    private static final Path OF_PROXIES = Path.of("target", "refusals-of-proxies.txt");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String UNEXPLAINED = "the proxy answered ";
    /// Refused before there was a route, or anything but a listener.
    private static final Set<String> EARLY = Set.of("filter_chain_not_found", "route_not_found");

    private Explained() {}

    /// @param page what the proxy's `/decisions` says of failures
    static void check(String page) throws IOException {
        Explainer explainer = new Explainer(Places.NONE);
        for (JsonNode one : JSON.readTree(page).path("decisions")) {
            Decision decision = DecisionReader.read(one, "proxy");
            Explanation explanation = explainer.explain(decision);
            assertThat(explanation.cause()).as("%s", one).isNotEmpty().doesNotStartWith(UNEXPLAINED);
            assertThat(part(decision)).as("what of %s refused", one).isNotEmpty();
            note(
                    decision.answer().status() + " " + decision.answer().flags() + " "
                            + decision.answer().details(),
                    OF_PROXIES);
        }
    }

    /// The part of the configuration that the refusal names; empty for none.
    private static String part(Decision decision) {
        String details = decision.answer().details();
        boolean routed =
                !EARLY.contains(details) && !decision.config().route().table().isEmpty();
        String cluster = decision.config().cluster().name();
        return !cluster.isEmpty()
                ? "cluster " + cluster
                : routed
                        ? "route of " + decision.config().route().table()
                        : decision.config().listener().isEmpty()
                                ? decision.config().filterChain()
                                : "listener " + decision.config().listener();
    }

    /// Adds a refusal to those that have been looked at, and says how many different ones there are.
    public static synchronized void note(String refusal, Path to) throws IOException {
        Set<String> all = new TreeSet<>(Files.exists(to) ? Files.readAllLines(to) : Set.of());
        String line = refusal.lines().findFirst().orElse("");
        if (all.add(line)) {
            Files.write(
                    to,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            System.out.println("explained, " + all.size() + " different ones: " + refusal);
        }
    }
}
