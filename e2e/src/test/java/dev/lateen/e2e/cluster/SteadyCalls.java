package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// What the deployment `load` sends while something happens: from where it was begun on.
final class SteadyCalls {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Kubectl cluster;
    private final String namespace;
    private final int before;
    private final long answered;

    private SteadyCalls(Kubectl cluster, String namespace, List<String> lines) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.before = lines.size();
        this.answered = answered(lines);
    }

    /// Once calls are answered at all: before, whoever is called may not be there yet.
    static SteadyCalls begin(Kubectl cluster, String namespace) throws IOException, InterruptedException {
        Awaitility.await().atMost(PATIENCE).until(() -> answered(lines(cluster, namespace)) > 0);
        return new SteadyCalls(cluster, namespace, lines(cluster, namespace));
    }

    /// Waits until calls begun after this moment have been answered, then wants none of all to have failed.
    ///
    /// @param least how many there must have been
    void assertNoneFailed(String what, int least) throws IOException, InterruptedException {
        long now = answered(lines(cluster, namespace));
        Awaitility.await().atMost(PATIENCE).until(() -> {
            long later = answered(lines(cluster, namespace));
            return later >= now + 200 && later >= answered + least;
        });
        List<String> lines = lines(cluster, namespace);
        List<String> failed = lines.stream()
                .skip(before)
                .filter(line -> line.startsWith("status") || line.startsWith("failed"))
                .toList();
        System.out.println(what + ": " + (answered(lines) - answered) + " answered, " + failed.size() + " failed");
        assertThat(failed).as(what).isEmpty();
    }

    private static List<String> lines(Kubectl cluster, String namespace) throws IOException, InterruptedException {
        return cluster.run("-n", namespace, "logs", "deployment/load", "-c", "load")
                .lines()
                .toList();
    }

    private static long answered(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("answered "))
                .mapToLong(line -> Long.parseLong(line.substring("answered ".length())))
                .max()
                .orElse(0);
    }
}
