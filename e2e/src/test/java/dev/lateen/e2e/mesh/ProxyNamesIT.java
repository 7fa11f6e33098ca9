package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Names that no name server knows: hosts of service entries without an address, which applications resolve and call
/// through the name server beside their proxy, with the control plane there and away. And names that stand for a
/// service, to which both sidecars and gateways send what is meant for those.
final class ProxyNamesIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /// Two databases on one port, told apart by the addresses that their names have been given.
    private static final String ENTRIES = entry("red", "red.outside.test") + entry("blue", "blue.outside.test");

    /// Stands for another name that stands for the client's service.
    private static final String ALIASES = alias("myself", "me") + alias("me", "client");

    @TempDir
    Path directory = Path.of("");

    private static String entry(String name, String host) {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %1$s, namespace: default}
                spec:
                  hosts: [%2$s]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  ports: [{number: 5432, name: tcp-db, protocol: TCP, targetPort: 8080}]
                  workloadSelector: {labels: {app: %1$s}}
                ---
                """.formatted(name, host);
    }

    private static String alias(String name, String service) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {type: ExternalName, externalName: %s.default.svc.cluster.local}
                ---
                """.formatted(name, service);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void areResolvedAndCalled(String proxy) throws IOException {
        RunningMesh.assumeAsked("transparent", proxy);
        String says = ", {name: PEER_TCP, value: yes}";
        String manifests = ENTRIES
                + ALIASES
                + RunningMesh.peer("client", "", "")
                + RunningMesh.peer("red", "", says)
                + RunningMesh.peer("blue", "", says)
                + RunningMesh.gateway("client", "myself");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("client", "/", "").startsWith("client"));

            String red = mesh.ask("client", "/resolve", "red.outside.test");
            String blue = mesh.ask("client", "/resolve", "blue.outside.test");
            assertThat(red).startsWith("240.240.").isNotEqualTo(blue);
            assertThat(blue).startsWith("240.240.");
            assertThat(mesh.ask("client", "/resolve", "green.outside.test")).doesNotContain("240.240.");
            calls(mesh);
            await().atMost(SOON)
                    .until(() -> mesh.ask("client", "/fetch", "http://myself/").startsWith("200 client"));
            await().atMost(SOON).until(() -> mesh.ask("myself", "/", "").startsWith("client"));

            assertThat(mesh.kill(Set.of("control-plane"))).isEqualTo(1);
            assertThat(mesh.ask("client", "/resolve", "red.outside.test")).isEqualTo(red);
            calls(mesh);
        }
    }

    private static void calls(RunningMesh mesh) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(mesh.ask("client", "/tcp", "red.outside.test:5432"))
                        .isEqualTo("red"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(mesh.ask("client", "/tcp", "blue.outside.test:5432"))
                        .isEqualTo("blue"));
    }
}
