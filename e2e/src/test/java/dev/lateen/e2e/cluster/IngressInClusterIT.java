package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A cluster's Ingresses say at which addresses they are reached, those that the mesh serves and no others.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class IngressInClusterIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SPACE = "ingresses";
    private static final String SYSTEM = "istio-system";
    private static final String OBJECTS = """
            apiVersion: v1
            kind: Service
            metadata: {name: istio-ingressgateway, namespace: istio-system}
            spec: {type: LoadBalancer, selector: {istio: ingressgateway}, ports: [{name: http, port: 80}]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: mesh}
            spec: {controller: istio.io/ingress-controller}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: theirs}
            spec: {controller: example.com/other}
            """;
    private static final String INGRESS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: %1$s, namespace: ingresses}
            spec:
              ingressClassName: %1$s
              rules:
              - host: shop.example
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
            """;

    @TempDir
    private static Path directory;

    private static Kubectl cluster;
    private static HostedControlPlanes mesh;

    @BeforeAll
    static void prepare() throws Exception {
        cluster = Kubectl.start();
        mesh = HostedControlPlanes.prepare(cluster, directory);
        cluster.run("create", "namespace", SPACE);
        cluster.apply(OBJECTS);
        cluster.apply(INGRESS.formatted("mesh"));
        cluster.apply(INGRESS.formatted("theirs"));
    }

    @AfterAll
    static void clear() throws IOException, InterruptedException {
        if (mesh != null) {
            cluster.run("delete", "namespace", SPACE, "--wait=true");
            cluster.run("delete", "ingressclass", "mesh", "theirs");
            mesh.clear();
            cluster.close();
        }
    }

    @Test
    void sayWhereTheyAreReached() throws Exception {
        mesh.start("one");
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(address("-n", SYSTEM, "get", "service", "istio-ingressgateway"))
                    .isNotEmpty();
            assertThat(address("-n", SPACE, "get", "ingress", "mesh"))
                    .isEqualTo(address("-n", SYSTEM, "get", "service", "istio-ingressgateway"));
        });
        assertThat(address("-n", SPACE, "get", "ingress", "theirs")).isEmpty();

        cluster.run(
                "-n",
                SPACE,
                "patch",
                "ingress",
                "theirs",
                "--type=merge",
                "-p",
                "{\"spec\": {\"ingressClassName\": \"mesh\"}}");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(address("-n", SPACE, "get", "ingress", "theirs"))
                        .isNotEmpty());
    }

    private static String address(String... words) throws IOException, InterruptedException {
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "-o";
        all[words.length + 1] = "jsonpath={.status.loadBalancer.ingress[*].ip}";
        return cluster.run(all).strip();
    }
}
