package dev.lateen.translate.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Recorded cases, counted at several bars. The shares that pass have floors, which only ever go up.
class TranslationVectorsTest {
    /// Asks for lines that say how each case differs; they are many.
    private static final boolean DIFFERENCES = Boolean.getBoolean("lateen.differences");

    /// @param floors shares of the cases, by bar
    private static void check(String suite, Map<String, Double> floors) {
        VectorSuite result = new VectorSuite(root(suite)).run();
        System.out.println(result.report());
        if (DIFFERENCES) {
            result.failures().forEach(line -> System.out.println("  " + line));
        }
        floors.forEach((bar, floor) -> assertThat(result.share(bar))
                .as(
                        "%s %s; failing: %s",
                        suite, bar, result.failures().stream().limit(5).toList())
                .isGreaterThanOrEqualTo(floor));
    }

    /// @param known cases that differ
    private static void check(String suite, Function<Path, SmallSuites.Result> run, Set<String> known) {
        SmallSuites.Result result = run.apply(root(suite));
        VectorCase.report(suite, result.passed().size(), result.failed());
        assertThat(result.passed()).isNotEmpty();
        assertThat(result.failed()).isSubsetOf(known);
    }

    private static Path root(String suite) {
        Optional<Path> root = VectorCase.root();
        if (root.isEmpty()) {
            System.err.println("SKIPPED: no vectors for " + suite + " (set LATEEN_VECTORS)");
        }
        assumeTrue(root.isPresent(), "no vectors");
        return root.orElseThrow().resolve(suite);
    }

    @Test
    @Tag("sidecar-scope")
    void namespacesSeeWhatTheirSidecarsLetThrough() {
        check("sidecar-scope", SmallSuites::sidecarScope, Set.of());
    }

    @Test
    @Tag("virtualservice-merge")
    void delegatesTakeThePlaceOfRoutes() {
        check("virtualservice-merge", SmallSuites::delegation, Set.of());
    }

    @Test
    @Tag("ingress")
    void ingressesBecomeTheRecordedGatewaysAndRoutes() {
        check("ingress", SmallSuites::ingress, Set.of());
    }

    @Test
    @Tag("authz")
    void policiesBecomeTheRecordedFilters() {
        check("authz", SmallSuites::authorization, Set.of());
    }

    @Test
    @Tag("telemetry")
    void telemetryBecomesTheRecordedFilters() {
        check("telemetry", SmallSuites::metrics, Set.of());
    }

    @Test
    @Tag("simulation")
    void simulatedCallsEndWhereTheyShould() {
        check("simulation", Map.of("calls", 0.97));
    }

    @Test
    @Tag("xds")
    void generatedResourcesAreAsRecorded() {
        check(
                "xds",
                Map.of(
                        "names", 0.916,
                        "clusters", 0.731,
                        "listeners", 0.86,
                        "routes", 0.843,
                        "endpoints", 0.824,
                        "everything", 0.596,
                        "calls", 0.864));
    }
}
