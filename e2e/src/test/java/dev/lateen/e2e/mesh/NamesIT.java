package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names that manifests give without an address, in pods whose traffic is captured transparently.
final class NamesIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    /// Two TCP services on one port, and one without a cluster IP of its own.
    private static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: red-db, namespace: default}
            spec:
              selector: {app: red}
              ports: [{name: tcp-db, port: 5432, targetPort: 8080}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: blue-db, namespace: default}
            spec:
              selector: {app: blue}
              ports: [{name: tcp-db, port: 5432, targetPort: 8080}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: colours, namespace: default}
            spec:
              clusterIP: None
              selector: {tier: colours}
              ports: [{name: tcp-db, port: 8080}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: None
              selector: {app: client}
              ports: [{name: http, port: 8080}]
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @Test
    void leadWhereTheyWouldInACluster() throws IOException {
        RunningMesh.assumeRuns("transparent", "lateen");
        String says = ", {name: PEER_TCP, value: yes}";
        String manifests = SERVICES
                + RunningMesh.peer("client", "", "")
                + RunningMesh.peer("red", "", says).replace("{app: red, version: v1}", "{app: red, tier: colours}")
                + RunningMesh.peer("blue", "", says).replace("{app: blue, version: v1}", "{app: blue, tier: colours}")
                + RunningMesh.gateway("client");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("client", "/", "").startsWith("client"));

            await().atMost(SOON)
                    .until(() -> mesh.ask("client", "/tcp", "red-db:5432").equals("red"));
            await().atMost(SOON)
                    .until(() -> mesh.ask("client", "/tcp", "blue-db:5432").equals("blue"));
            await().atMost(SOON)
                    .until(() -> mesh.ask("client", "/resolve", "colours").split(" ").length == 2);
            assertThat(mesh.ask("client", "/tcp", "colours:8080")).isIn("red", "blue");
            assertThat(mesh.ask("client", "/fetch", "http://web:8080/")).startsWith("200 client");
        }
    }
}
