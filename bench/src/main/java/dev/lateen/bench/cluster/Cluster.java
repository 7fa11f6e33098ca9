package dev.lateen.bench.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The cluster that `KUBECONFIG` names, through `kubectl`, and what its kubelets say that a container used. A command
/// that fails ends the measurement with what it said.
final class Cluster {
    static final String NAMESPACE = "lateen-bench";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String HUB = System.getenv().getOrDefault("IMAGE_HUB", "lateen.local");
    private static final String TAG = System.getenv().getOrDefault("IMAGE_TAG", "dev");

    /// A container's CPU time and memory at one moment of the kubelet's own clock.
    ///
    /// @param at seconds since the epoch, to the second
    /// @param cpuSeconds since the container's start
    /// @param residentMiB what counts against its limit and cannot be dropped (`rssBytes`)
    record Usage(long at, double cpuSeconds, double residentMiB) {}

    String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("kubectl"));
        words.addAll(List.of(arguments));
        return run(words, "");
    }

    JsonNode json(String... arguments) throws IOException, InterruptedException {
        return JSON.readTree(kubectl(arguments));
    }

    void apply(String manifests) throws IOException, InterruptedException {
        run(List.of("kubectl", "apply", "--server-side", "-f", "-"), manifests);
    }

    String lateen(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("./lateen"));
        words.addAll(List.of(arguments));
        return run(words, "");
    }

    void install() throws IOException, InterruptedException {
        lateen("install", "-y", "--set", "hub=" + HUB, "--set", "tag=" + TAG);
    }

    /// A manifest of these measurements, with the images filled in.
    static String manifest(String name) throws IOException {
        try (InputStream in = Cluster.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${hub}", HUB)
                    .replace("${tag}", TAG);
        }
    }

    String podOf(String namespace, String app) throws IOException, InterruptedException {
        return kubectl(
                        "-n",
                        namespace,
                        "get",
                        "pods",
                        "-l",
                        "app=" + app,
                        "--field-selector=status.phase=Running",
                        "-o",
                        "jsonpath={.items[0].metadata.name}")
                .strip();
    }

    /// What a container has used by now: waits for the kubelet's next look, which comes every ten seconds or so.
    Usage usage(String namespace, String pod, String container) throws IOException, InterruptedException {
        String node = kubectl("-n", namespace, "get", "pod", pod, "-o", "jsonpath={.spec.nodeName}")
                .strip();
        long first = -1;
        while (true) {
            JsonNode found = find(summary(node), namespace, pod, container);
            JsonNode cpu = found.path("cpu");
            long at = cpu.isMissingNode()
                    ? -1
                    : Instant.parse(cpu.path("time").asString()).getEpochSecond();
            if (at >= 0 && first >= 0 && at != first) {
                return new Usage(
                        at,
                        cpu.path("usageCoreNanoSeconds").asDouble() / 1e9,
                        found.path("memory").path("rssBytes").asDouble() / (1 << 20));
            }
            first = first < 0 ? at : first;
            Thread.sleep(500);
        }
    }

    private JsonNode summary(String node) throws IOException, InterruptedException {
        return json("get", "--raw", "/api/v1/nodes/" + node + "/proxy/stats/summary");
    }

    private static JsonNode find(JsonNode summary, String namespace, String pod, String container) {
        for (JsonNode candidate : summary.path("pods")) {
            JsonNode reference = candidate.path("podRef");
            if (reference.path("namespace").asString().equals(namespace)
                    && reference.path("name").asString().equals(pod)) {
                for (JsonNode part : candidate.path("containers")) {
                    if (part.path("name").asString().equals(container)) {
                        return part;
                    }
                }
            }
        }
        return JSON.nullNode();
    }

    private static String run(List<String> words, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread writer = Thread.ofVirtual().start(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        writer.join();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + ": exit " + process.exitValue() + " " + output);
        }
        return output;
    }
}
