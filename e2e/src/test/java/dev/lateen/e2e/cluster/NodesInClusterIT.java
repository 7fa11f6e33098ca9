package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Where a cluster's pods run is known from the labels of their nodes, also when those change.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class NodesInClusterIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String REGION = "topology.kubernetes.io/region";
    private static final String ZONE = "topology.kubernetes.io/zone";

    @TempDir
    private static Path directory;

    private static Kubectl cluster;
    private static HostedControlPlanes mesh;
    private static String node;

    @BeforeAll
    static void prepare() throws Exception {
        cluster = Kubectl.start();
        node = cluster.run("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
                .strip();
        mesh = HostedControlPlanes.prepare(cluster, directory);
    }

    @AfterAll
    static void clear() throws IOException, InterruptedException {
        if (mesh != null) {
            cluster.run("label", "node", node, REGION + "-", ZONE + "-");
            mesh.clear();
            cluster.close();
        }
    }

    @Test
    void tellTheLocalityOfPods() throws Exception {
        mesh.start("one");
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(ofDns("node")).containsExactly(node));
        assertThat(ofDns("locality")).containsExactly("");

        cluster.run("label", "node", node, REGION + "=eu", ZONE + "=eu-a");
        await().atMost(SOON).untilAsserted(() -> assertThat(ofDns("locality")).containsExactly("eu/eu-a"));
        cluster.run("label", "node", node, "--overwrite", ZONE + "=eu-b");
        await().atMost(SOON).untilAsserted(() -> assertThat(ofDns("locality")).containsExactly("eu/eu-b"));
    }

    /// A field of the endpoints of the cluster's own names service.
    private static Set<String> ofDns(String field) throws IOException, InterruptedException {
        return Trees.objects((ObjectNode) Trees.parse("{\"all\": " + mesh.page("/debug/endpointz") + "}"), "all")
                .stream()
                .filter(service -> Trees.text(service, "svc").startsWith("kube-dns.kube-system."))
                .flatMap(service -> Trees.objects(service, "ep").stream())
                .map(endpoint -> Trees.text(endpoint, field))
                .collect(Collectors.toSet());
    }
}
