package dev.lateen.bench.cluster;

import java.io.IOException;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How long the injection webhook takes, asked by a pod as the API server asks: over TLS, on a connection that stays
/// open.
final class Injection {
    private static final int CALLS = 2000;
    private static final int RATE = 50;

    private final Cluster cluster;

    Injection(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @return a row of the report
    String measure() throws IOException, InterruptedException {
        String review = Cluster.manifest("review.json");
        String output = cluster.kubectl(
                "-n",
                Cluster.NAMESPACE,
                "exec",
                cluster.podOf(Cluster.NAMESPACE, "outside"),
                "--",
                "/fortio",
                "load",
                "-quiet",
                "-qps",
                Integer.toString(RATE),
                "-n",
                Integer.toString(CALLS),
                "-c",
                "1",
                "-r",
                "0.0001",
                "-k",
                "-content-type",
                "application/json",
                "-payload",
                review,
                "-json",
                "-",
                "https://istiod.istio-system.svc/inject");
        JsonNode result = JsonMapper.shared().readTree(output);
        if (!result.path("RetCodes").has("200") || result.path("RetCodes").size() != 1) {
            throw new IOException("not every review was answered: " + result.path("RetCodes"));
        }
        return String.format(
                Locale.ROOT,
                "| injection, %d reviews of %d a second (p50, p99) | %.1f ms, %.1f ms |%n",
                CALLS,
                RATE,
                Fortio.percentile(result, 50),
                Fortio.percentile(result, 99));
    }
}
