package dev.lateen.translate.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Recorded cases, counted at several bars. Each count has a floor, which only ever goes up.
class TranslationVectorsTest {
    private static void check(String suite, Map<String, Integer> floors) {
        Optional<Path> root = VectorCase.root();
        if (root.isEmpty()) {
            System.err.println("SKIPPED: no vectors for " + suite + " (set LATEEN_VECTORS)");
        }
        assumeTrue(root.isPresent(), "no vectors");
        VectorSuite result = new VectorSuite(root.orElseThrow().resolve(suite)).run();
        System.out.println(result.report());
        floors.forEach((bar, floor) -> assertThat(result.passed().getOrDefault(bar, 0))
                .as(
                        "%s %s; failing: %s",
                        suite, bar, result.failures().stream().limit(5).toList())
                .isGreaterThanOrEqualTo(floor));
    }

    private static void check(String suite, Function<Path, SmallSuites.Result> run, int floor) {
        Optional<Path> root = VectorCase.root();
        if (root.isEmpty()) {
            System.err.println("SKIPPED: no vectors for " + suite + " (set LATEEN_VECTORS)");
        }
        assumeTrue(root.isPresent(), "no vectors");
        SmallSuites.Result result = run.apply(root.orElseThrow().resolve(suite));
        System.out.println(suite + ": " + result.passed().size() + " pass, fail: " + result.failed());
        assertThat(result.passed().size())
                .as("%s; failing: %s", suite, result.failed())
                .isGreaterThanOrEqualTo(floor);
    }

    @Test
    void namespacesSeeWhatTheirSidecarsLetThrough() {
        check("sidecar-scope", SmallSuites::sidecarScope, 36);
    }

    @Test
    void delegatesTakeThePlaceOfRoutes() {
        check("virtualservice-merge", SmallSuites::delegation, 9);
    }

    @Test
    void policiesBecomeTheRecordedFilters() {
        check("authz", SmallSuites::authorization, 19);
    }

    @Test
    void telemetryBecomesTheRecordedFilters() {
        check("telemetry", SmallSuites::metrics, 11);
    }

    @Test
    void simulatedCallsEndWhereTheyShould() {
        check("simulation", Map.of("calls", 41));
    }

    @Test
    void generatedResourcesAreAsRecorded() {
        check(
                "xds",
                Map.of(
                        "names", 301,
                        "clusters", 242,
                        "listeners", 238,
                        "routes", 247,
                        "endpoints", 155,
                        "everything", 186,
                        "calls", 244));
    }
}
