package dev.lateen.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How much longer a pod takes from its creation until it is ready when a sidecar is put beside its application, and
/// how
/// much of that is the kubelet's own: a pod of the same shape, whose containers do nothing. The kinds take turns, so
/// that
/// what else the machine does weighs on all alike.
final class PodStarts {
    private static final int ROUNDS = 10;

    private final Cluster cluster;

    PodStarts(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @return rows of the report
    String measure() throws IOException, InterruptedException {
        List<Double> alone = new ArrayList<>();
        List<Double> shape = new ArrayList<>();
        List<Double> withLateen = new ArrayList<>();
        List<Double> withEnvoy = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            alone.add(start("pod.yaml", "alone-" + round, "false", "lateen"));
            shape.add(start("shape.yaml", "shape-" + round, "false", "lateen"));
            withLateen.add(start("pod.yaml", "lateen-" + round, "true", "lateen"));
            withEnvoy.add(start("pod.yaml", "envoy-" + round, "true", "envoy"));
        }
        return String.format(
                Locale.ROOT,
                "| a pod until ready: alone, with containers of a sidecar's shape that do nothing, with our sidecar, with Envoy"
                        + " (medians of %d) | %.2f s, +%.2f s, +%.2f s, +%.2f s |%n",
                ROUNDS,
                median(alone),
                median(shape) - median(alone),
                median(withLateen) - median(alone),
                median(withEnvoy) - median(alone));
    }

    private double start(String manifest, String name, String inject, String plane)
            throws IOException, InterruptedException {
        String pod = Cluster.manifest(manifest)
                .replace("${name}", name)
                .replace("${inject}", inject)
                .replace("${plane}", plane);
        long began = System.nanoTime();
        cluster.apply(pod);
        cluster.kubectl("-n", Cluster.NAMESPACE, "wait", "--for=condition=Ready", "--timeout=60s", "pod/" + name);
        double seconds = (System.nanoTime() - began) / 1e9;
        cluster.kubectl("-n", Cluster.NAMESPACE, "delete", "pod", name, "--grace-period=1");
        return seconds;
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
