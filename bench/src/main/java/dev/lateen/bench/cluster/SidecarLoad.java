package dev.lateen.bench.cluster;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A sidecar's CPU and memory while 1,000 requests of 1 KiB a second pass through it, answered with as much: the load
/// that
/// the seed's document speaks of. Both ends have a sidecar, and speak mutual TLS.
final class SidecarLoad {
    private static final int RATE = 1000;
    private static final int BYTES = 1024;
    private static final int WARM_UP_SECONDS = 20;
    private static final int SECONDS = 75;
    private static final int SETTLED_MILLIS = 10_000;
    private static final int MEASURED_MILLIS = 40_000;

    private final Cluster cluster;

    SidecarLoad(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @param plane `lateen` or `envoy`
    /// @return rows of the report: who, CPU in thousandths of a core, resident memory, rate and latency
    String measure(String plane) throws IOException, InterruptedException {
        String client = cluster.podOf(Cluster.NAMESPACE, plane + "-client");
        String server = cluster.podOf(Cluster.NAMESPACE, plane);
        load(client, plane, WARM_UP_SECONDS);
        CompletableFuture<JsonNode> load = CompletableFuture.supplyAsync(() -> {
            try {
                return load(client, plane, SECONDS);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        Thread.sleep(SETTLED_MILLIS);
        Cluster.Usage clientBefore = proxy(client);
        Cluster.Usage serverBefore = proxy(server);
        Thread.sleep(MEASURED_MILLIS);
        Cluster.Usage clientAfter = proxy(client);
        Cluster.Usage serverAfter = proxy(server);
        JsonNode result = load.join();
        return row(plane + ", calling", clientBefore, clientAfter, result)
                + row(plane + ", called", serverBefore, serverAfter, result);
    }

    private Cluster.Usage proxy(String pod) throws IOException, InterruptedException {
        return cluster.usage(Cluster.NAMESPACE, pod, "istio-proxy");
    }

    private JsonNode load(String pod, String service, int seconds) throws IOException, InterruptedException {
        String output = cluster.kubectl(
                "-n",
                Cluster.NAMESPACE,
                "exec",
                pod,
                "-c",
                "fortio",
                "--",
                "/fortio",
                "load",
                "-quiet",
                "-qps",
                Integer.toString(RATE),
                "-c",
                "16",
                "-t",
                seconds + "s",
                "-payload-size",
                Integer.toString(BYTES),
                "-json",
                "-",
                "http://" + service + "/echo");
        JsonNode result = JsonMapper.shared().readTree(output);
        if (result.path("RetCodes").size() != 1 || !result.path("RetCodes").has("200")) {
            throw new IOException("not every call was answered: " + result.path("RetCodes"));
        }
        return result;
    }

    private static String row(String who, Cluster.Usage before, Cluster.Usage after, JsonNode result) {
        double cores = (after.cpuSeconds() - before.cpuSeconds()) / (after.at() - before.at());
        double rate = result.path("ActualQPS").asDouble();
        return String.format(
                Locale.ROOT,
                "| %s | %.0f m | %.0f | %.0f MiB | %.0f | %.2f ms | %.2f ms |%n",
                who,
                cores * 1000,
                cores / rate * 1e6,
                after.residentMiB(),
                rate,
                Fortio.percentile(result, 50),
                Fortio.percentile(result, 99));
    }
}
