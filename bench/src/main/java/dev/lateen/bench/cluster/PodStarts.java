package dev.lateen.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How much longer a pod takes from its creation until it is ready when a sidecar is put beside its application. The
/// three
/// kinds take turns, so that what else the machine does weighs on all alike.
final class PodStarts {
    private static final int ROUNDS = 10;

    private final Cluster cluster;

    PodStarts(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @return rows of the report
    String measure() throws IOException, InterruptedException {
        List<Double> alone = new ArrayList<>();
        List<Double> withLateen = new ArrayList<>();
        List<Double> withEnvoy = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            alone.add(start("alone-" + round, "false", "lateen"));
            withLateen.add(start("lateen-" + round, "true", "lateen"));
            withEnvoy.add(start("envoy-" + round, "true", "envoy"));
        }
        return String.format(
                Locale.ROOT,
                "| a pod until ready: alone, with our sidecar, with Envoy (medians of %d) | %.2f s, +%.2f s, +%.2f s |%n",
                ROUNDS,
                median(alone),
                median(withLateen) - median(alone),
                median(withEnvoy) - median(alone));
    }

    private double start(String name, String inject, String plane) throws IOException, InterruptedException {
        String pod = Cluster.manifest("pod.yaml")
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
