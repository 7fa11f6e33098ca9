package dev.lateen.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Measures what a mesh costs in a cluster: sidecars under the seed's load beside Envoy, the injection webhook, pods'
/// starts,
/// the control plane's memory. CPU time and memory are what the kubelet reads of the containers' cgroups. Installs the
/// mesh
/// and takes it away again.
///
/// Usage: `ClusterBench [OUT.md]`, with the images loaded.
public final class ClusterBench {
    private ClusterBench() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path out = Path.of(args.length > 0 ? args[0] : "bench/results/cluster.md");
        Cluster cluster = new Cluster();
        String report;
        try {
            report = measure(cluster);
        } finally {
            cluster.kubectl("delete", "namespace", Cluster.NAMESPACE, "--ignore-not-found", "--wait=true");
            cluster.lateen("uninstall", "-y", "--purge");
        }
        Files.createDirectories(out.toAbsolutePath().getParent());
        Files.writeString(out, report);
        System.out.println(report);
    }

    private static String measure(Cluster cluster) throws IOException, InterruptedException {
        cluster.install();
        cluster.kubectl("create", "namespace", Cluster.NAMESPACE);
        cluster.apply(Cluster.manifest("load.yaml"));
        cluster.kubectl("-n", Cluster.NAMESPACE, "rollout", "status", "deployment", "--timeout=180s");
        SidecarLoad load = new SidecarLoad(cluster);
        String sidecars = load.measure("lateen") + load.measure("envoy");
        String injection = new Injection(cluster).measure();
        String starts = new PodStarts(cluster).measure();
        String size = new ControlPlaneSize(cluster).measure();
        return """
                # In a cluster

                By the cgroups' accounting, as the kubelet gives it. Repeat: `./dev bench cluster`.

                1,000 requests a second of 1 KiB, answered with 1 KiB, 16 connections, mutual TLS between the sidecars:

                | sidecar | CPU | µs a request | memory | requests/s | p50 | p99 |
                | --- | --- | --- | --- | --- | --- | --- |
                %s
                | what | measured |
                | --- | --- |
                %s%s%s""".formatted(sidecars, injection, starts, size);
    }
}
