package dev.lateen.local.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceNamesTest {
    @TempDir
    Path directory = Path.of("");

    private Map<String, List<String>> namesIn(String namespace, String yaml) throws IOException {
        Files.writeString(directory.resolve("all.yaml"), yaml);
        return ServiceNames.of(new Manifests(List.of(directory)).load()).in(namespace);
    }

    private static String service(String name, String more) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: shop}
                spec:
                  selector: {app: users}
                  ports: [{name: tcp, port: 80}]
                %s
                ---
                """.formatted(name, more.indent(2));
    }

    private static String pod(String name, String address, boolean ready) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: users}}
                spec: {containers: [{name: app, image: one}]}
                status:
                  phase: Running
                  podIP: %s
                  conditions: [{type: Ready, status: "%s"}]
                ---
                """.formatted(name, address, ready ? "True" : "False");
    }

    @Test
    void givesEachServiceAnAddressOfItsOwn() throws IOException {
        Map<String, List<String>> names = namesIn("shop", service("users", "") + service("orders", ""));

        assertThat(names.get("users")).hasSize(1).isNotEqualTo(names.get("orders"));
        assertThat(names.get("users")).isEqualTo(names.get("users.shop.svc.cluster.local"));
    }

    @Test
    void keepsTheAddressThatTheManifestNames() throws IOException {
        assertThat(namesIn("shop", service("users", "clusterIP: 10.1.2.3")).get("users"))
                .containsExactly("10.1.2.3");
    }

    @Test
    void showsTheShortNameInTheServicesOwnNamespaceAlone() throws IOException {
        assertThat(namesIn("elsewhere", service("users", "")))
                .containsOnlyKeys("users.shop", "users.shop.svc", "users.shop.svc.cluster.local");
    }

    @Test
    void resolvesAHeadlessServiceToItsReadyPods() throws IOException {
        String yaml = service("users", "clusterIP: None")
                + pod("users-0", "198.18.0.10", true)
                + pod("users-1", "198.18.0.11", true)
                + pod("users-2", "198.18.0.12", false);

        assertThat(namesIn("shop", yaml).get("users")).containsExactlyInAnyOrder("198.18.0.10", "198.18.0.11");
    }

    @Test
    void leavesAliasesAndWildcardsToTheSystem() throws IOException {
        String yaml = """
                apiVersion: v1
                kind: Service
                metadata: {name: users, namespace: shop}
                spec: {type: ExternalName, externalName: users.example.com, ports: [{port: 80}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: wild, namespace: shop}
                spec:
                  hosts: ["*.example.com"]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                """;

        assertThat(namesIn("shop", yaml)).isEmpty();
    }

    @Test
    void leavesNamesOfEntriesToTheProxies() throws IOException {
        String yaml = """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: db, namespace: shop}
                spec:
                  hosts: [db.example.com]
                  ports: [{number: 5432, name: tcp, protocol: TCP}]
                  resolution: STATIC
                  endpoints: [{address: 192.0.2.1}]
                """;

        assertThat(namesIn("shop", yaml)).isEmpty();
    }
}
