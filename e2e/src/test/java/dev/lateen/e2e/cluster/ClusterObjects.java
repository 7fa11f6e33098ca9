package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All objects of a cluster, of every kind that it serves, as `kind namespace name`, with the labels of namespaces.
/// Left out is what comes and goes by itself.
final class ClusterObjects {
    private static final Set<String> FLEETING = Set.of(
            "events", "events.events.k8s.io", "componentstatuses", "certificatesigningrequests.certificates.k8s.io");

    private ClusterObjects() {}

    static Set<String> of(Kubectl cluster) throws IOException, InterruptedException {
        List<String> kinds = Arrays.stream(cluster.run("api-resources", "--verbs=list", "-o", "name")
                        .strip()
                        .split("\\s+"))
                .filter(kind -> !FLEETING.contains(kind))
                .toList();
        Set<String> objects = lines(
                cluster,
                String.join(",", kinds),
                "KIND:.kind,SPACE:.metadata.namespace,NAME:.metadata.name,GOES:.metadata.deletionTimestamp");
        objects.addAll(lines(cluster, "namespaces", "NAME:.metadata.name,LABELS:.metadata.labels"));
        return objects;
    }

    /// What is on one side only.
    static List<String> changes(Set<String> before, Set<String> after) {
        return Stream.concat(
                        before.stream().filter(one -> !after.contains(one)).map(one -> "gone: " + one),
                        after.stream().filter(one -> !before.contains(one)).map(one -> "new: " + one))
                .toList();
    }

    private static Set<String> lines(Kubectl cluster, String kinds, String columns)
            throws IOException, InterruptedException {
        return cluster.run("get", kinds, "-A", "--no-headers", "--ignore-not-found", "-o", "custom-columns=" + columns)
                .lines()
                .filter(line -> !line.startsWith("Warning:"))
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
