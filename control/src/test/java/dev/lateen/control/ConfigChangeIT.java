package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A saved file on its way to the proxies, and what the status page says of it.
class ConfigChangeIT {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: user, namespace: shop}
            spec:
              selector: {app: user}
              clusterIP: 10.96.0.1
              ports: [{name: http, port: 80, targetPort: 8080}]
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: user, namespace: shop}
            spec:
              hosts: [user]
              http:
              - name: %s
                route:
                - destination: {host: %s}
            """;

    @TempDir
    private Path directory;

    private final List<DeltaClient> clients = new ArrayList<>();
    private Path config;
    private ControlPlane control;

    @BeforeEach
    void start() throws IOException {
        config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("service.yaml"), SERVICE);
        save("before", "user");
        control = ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE));
    }

    @AfterEach
    void stop() {
        clients.forEach(DeltaClient::close);
        control.close();
    }

    @Test
    void takesASavedRouteToTwentyProxiesWithinASecond() throws IOException {
        AtomicInteger before = new AtomicInteger();
        AtomicInteger after = new AtomicInteger();
        for (int number = 0; number < 20; number++) {
            connect(number, response -> {
                if (holds(response, "before")) {
                    before.incrementAndGet();
                }
                if (holds(response, "after-the-change")) {
                    after.incrementAndGet();
                }
                return "";
            });
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> before.get() == 20);

        long start = System.nanoTime();
        save("after-the-change", "user");
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> after.get() == 20);
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        System.out.println("20 proxies had acknowledged a saved route after " + took.toMillis() + " ms");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(route().path("programmed").toString()).isEqualTo("{\"proxies\":20,\"of\":20}"));
    }

    @Test
    void namesTheResourceThatAProxyRejectedAndWhy() throws Exception {
        String reason = "route: bad virtual host user.shop.svc.cluster.local:80";
        connect(1, response -> "");
        connect(2, response -> holds(response, "before") ? reason : "");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(route().path("programmed").toString()).isEqualTo("{\"proxies\":1,\"of\":2}"));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(route().path("rejected").toString())
                        .contains("\"proxy\":\"p2.shop\"")
                        .contains(reason)
                        .contains("VirtualService shop/user"));
    }

    @Test
    void countsTheProxiesThatAResourceConcerns() throws Exception {
        Files.writeString(config.resolve("rules.yaml"), """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: user, namespace: shop}
                spec: {host: user, subsets: [{name: v1}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: user-too, namespace: shop}
                spec: {host: user, subsets: [{name: v2}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: elsewhere, namespace: other}
                spec: {host: user.shop.svc.cluster.local, trafficPolicy: {connectionPool: {tcp: {maxConnections: 9}}}}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: shop}
                spec: {selector: {app: user}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: root, namespace: shop}
                spec: {hosts: [front.test], http: [{delegate: {name: leaf}}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: leaf, namespace: shop}
                spec: {http: [{route: [{destination: {host: user}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: db, namespace: shop}
                spec:
                  hosts: [db.test]
                  addresses: [10.96.0.9]
                  resolution: STATIC
                  ports: [{number: 5432, name: tcp, protocol: TCP}, {number: 443, name: tls, protocol: TLS}]
                  endpoints: [{address: 10.0.0.9}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: connections, namespace: shop}
                spec: {hosts: [db.test], tcp: [{match: [{port: 5432}], route: [{destination: {host: db.test}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: names, namespace: shop}
                spec:
                  hosts: [db.test]
                  tls: [{match: [{port: 443, sniHosts: [db.test]}], route: [{destination: {host: db.test}}]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: nowhere, namespace: other}
                spec:
                  hosts: [db.test]
                  exportTo: ["."]
                  tcp: [{match: [{port: 5432}], route: [{destination: {host: db.test}}]}]
                """);
        connect(1, response -> "");
        connect(2, response -> "");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(programmed())
                        .containsEntry("DestinationRule/user", "2/2")
                        .containsEntry("DestinationRule/user-too", "2/2")
                        .containsEntry("DestinationRule/elsewhere", "0/0")
                        .containsEntry("Gateway/edge", "0/0")
                        .containsEntry("VirtualService/root", "2/2")
                        .containsEntry("VirtualService/leaf", "2/2")
                        .containsEntry("VirtualService/user", "2/2")
                        .containsEntry("VirtualService/connections", "2/2")
                        .containsEntry("VirtualService/names", "2/2")
                        .containsEntry("VirtualService/nowhere", "0/0")
                        .containsEntry("Service/user", "2/2"));
    }

    private Map<String, String> programmed() throws Exception {
        Map<String, String> found = new HashMap<>();
        for (JsonNode resource : status().path("resources")) {
            JsonNode programmed = resource.path("programmed");
            found.put(
                    resource.path("kind").asString() + "/"
                            + resource.path("name").asString(),
                    programmed.path("proxies").asInt() + "/"
                            + programmed.path("of").asInt());
        }
        return found;
    }

    @Test
    void namesThePolicyWhoseFilterAProxyRejected() throws Exception {
        Files.writeString(config.resolve("policies.yaml"), """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: gets, namespace: shop}
                spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: shop}
                spec: {jwtRules: [{issuer: a.test, jwks: "{\\"keys\\": []}"}]}
                """);
        connect(1, response -> response.getTypeUrl().endsWith(".Listener") ? "the jwt_authn filter is bad" : "");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(resource("RequestAuthentication")
                                .path("rejected")
                                .toString())
                        .contains("\"madeFrom\":[\"RequestAuthentication shop/tokens\"]"));
        assertThat(resource("AuthorizationPolicy").path("rejected")).isEmpty();
    }

    @Test
    void showsAReferenceToAMissingHostAtItsLine() throws IOException {
        save("elsewhere", "usre");

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(route().path("diagnostics").toString())
                        .contains("route.yaml:9")
                        .contains("usre"));
    }

    /// With every number of changes right before it, since what is looked at after the first of them is looked at once.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void showsAMistakeInAPatchAtItsLine(int changesBefore) throws Exception {
        Set<String> arrived = ConcurrentHashMap.newKeySet();
        List<String> names = IntStream.rangeClosed(0, changesBefore)
                .mapToObj("round-%d-"::formatted)
                .toList();
        connect(1, response -> {
            names.stream().filter(name -> holds(response, name)).forEach(arrived::add);
            return "";
        });
        for (String name : names) {
            save(name, "user");
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> arrived.contains(name));
        }

        Files.writeString(config.resolve("filter.yaml"), """
                apiVersion: networking.istio.io/v1alpha3
                kind: EnvoyFilter
                metadata: {name: mistake, namespace: shop}
                spec:
                  configPatches:
                  - applyTo: CLUSTER
                    patch: {operation: MERGE, value: {connect_timout: 1s}}
                """);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(
                                resource("EnvoyFilter").path("diagnostics").toString())
                        .contains("filter.yaml:7", "did you mean connect_timeout?"));
    }

    private void connect(int number, java.util.function.Function<DeltaDiscoveryResponse, String> answer) {
        clients.add(new DeltaClient(control.plaintextPort(), number, answer));
    }

    private JsonNode route() throws Exception {
        return resource("VirtualService");
    }

    private JsonNode status() throws Exception {
        return new JsonMapper()
                .readTree(EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + "/debug/statusz"));
    }

    private JsonNode resource(String kind) throws Exception {
        JsonNode page = status();
        for (JsonNode resource : page.path("resources")) {
            if (resource.path("kind").asString().equals(kind)) {
                return resource;
            }
        }
        throw new AssertionError("no " + kind + " in " + page);
    }

    private static boolean holds(DeltaDiscoveryResponse response, String routeName) {
        return response.getTypeUrl().equals(ResourceType.ROUTE.typeUrl())
                && response.getResourcesList().stream()
                        .anyMatch(resource -> resource.getResource()
                                .getValue()
                                .toString(StandardCharsets.ISO_8859_1)
                                .contains(routeName));
    }

    private void save(String routeName, String host) throws IOException {
        Path temporary = config.resolve(".route.yaml");
        Files.writeString(temporary, ROUTE.formatted(routeName, host));
        Files.move(temporary, config.resolve("route.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
}
