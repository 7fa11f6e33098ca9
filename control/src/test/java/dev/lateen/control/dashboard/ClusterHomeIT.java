package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.control.dashboard.ResourceHome.Opened;
import dev.lateen.control.dashboard.ResourceHome.Outcome;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.WatchedKind;
import dev.lateen.kubernetes.crd.ResourceDefinitions;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.schema.Schemas;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Resources of a real API server, opened, saved, and in conflict.
class ClusterHomeIT {
    private static final String NAMESPACE = "lateen-editing";
    private static final ResourceKey KEY = new ResourceKey("networking.istio.io", "VirtualService", NAMESPACE, "back");
    private static final WatchedKind KIND =
            WatchedKind.of("networking.istio.io", "v1", "VirtualService", "virtualservices");
    private static final String DEFINITION = "virtualservices.networking.istio.io";
    private static final String TEXT = """
            # comments are for people
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: back, namespace: lateen-editing, annotations: {team: shop}}
            spec:
              hosts: [back]
              http:
              - route: [{destination: {host: back}}]
                timeout: 5s
            """;

    @Test
    void savesUnderTheVersionThatWasOpened() throws IOException {
        String kubeconfig = System.getenv().getOrDefault("KUBECONFIG", "");
        assumeTrue(
                Boolean.getBoolean("lateen.cluster") && !kubeconfig.isEmpty(),
                "SKIPPED: no cluster (-Dlateen.cluster=true and KUBECONFIG name one)");
        try (Cluster cluster = Cluster.of(Path.of(kubeconfig))) {
            boolean brought = !cluster.serves(KIND);
            if (brought) {
                cluster.apply(definition());
                await().until(() -> cluster.serves(KIND));
            }
            cluster.apply(
                    Trees.object("apiVersion", "v1", "kind", "Namespace", "metadata", Trees.object("name", NAMESPACE)));
            try {
                savesAndConflicts(new ClusterHome(cluster, new EmptyMesh()));
            } finally {
                cluster.delete("v1", "Namespace", "", NAMESPACE);
                if (brought) {
                    cluster.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", DEFINITION);
                }
            }
        }
    }

    private static ObjectNode definition() {
        return ResourceDefinitions.all(Schemas.standard()).stream()
                .filter(definition -> Trees.text(definition, "metadata", "name").equals(DEFINITION))
                .findFirst()
                .orElseThrow();
    }

    private static void savesAndConflicts(ResourceHome home) throws IOException {
        assertThat(home.open(KEY)).isEmpty();
        Opened fresh = home.fresh(KEY);
        assertThat(fresh.locked()).isEmpty();
        assertThat(home.save(KEY, TEXT, fresh.version())).isInstanceOf(Outcome.Saved.class);
        Opened opened = home.open(KEY).orElseThrow();
        assertThat(opened.text())
                .contains("timeout: \"5s\"", "team: shop")
                .doesNotContain("uid:", "resourceVersion", "managedFields", "status:");
        String sooner = opened.text().replace("5s", "7s");
        assertThat(home.save(KEY, sooner, opened.version())).isInstanceOf(Outcome.Saved.class);
        assertThat(home.open(KEY).orElseThrow().text()).contains("timeout: \"7s\"");
        Outcome late = home.save(KEY, opened.text().replace("5s", "9s"), opened.version());
        assertThat(late).isInstanceOf(Outcome.Conflict.class);
        assertThat(((Outcome.Conflict) late).now().orElseThrow().text()).contains("timeout: \"7s\"");
        Opened now = home.open(KEY).orElseThrow();
        Outcome refused = home.save(KEY, now.text().replace("timeout: \"7s\"", "timeout: [7]"), now.version());
        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        assertThat(home.open(new ResourceKey("", "Secret", NAMESPACE, "x"))).isEmpty();
    }
}
