package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.push.PushTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Real Envoy takes all that it has from the control plane, through a hundred live changes, and never refuses
/// anything.
class EnvoyAdsIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CHANGES = 100;
    private static final String SIDECAR = "sidecar~10.1.0.1~client-1.shop~shop.svc.cluster.local";
    private static final String GATEWAY = "router~10.1.0.9~ingress-1.shop~shop.svc.cluster.local";

    @TempDir
    private Path directory;

    private Path config;

    @BeforeAll
    static void needEnvoy() {
        Assumptions.assumeTrue(EnvoyProcess.available(), "SKIPPED: no `envoy` on PATH");
    }

    @BeforeEach
    void configure() throws IOException {
        config = Files.createDirectories(directory.resolve("config"));
        write("mesh.yaml", """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec:
                  meshConfig:
                    proxyListenPort: %d
                    proxyInboundListenPort: %d
                    accessLogFile: /dev/null
                    # Certificates are the agent's part; without one, clusters that want them would never be ready.
                    enableAutoMtls: false
                """.formatted(FreePorts.next(), FreePorts.next()));
        write("gateway.yaml", """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: ingress, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: %d, name: http, protocol: HTTP}
                    hosts: ["*"]
                """.formatted(FreePorts.next()));
        write("client.yaml", pod("client-1", "client", "v1", "10.1.0.1"));
        for (int service = 0; service < 5; service++) {
            service(service);
            route(service, 50);
            rule(service, "ROUND_ROBIN", 200);
            write(
                    "pod-" + service + "-a.yaml",
                    pod("s" + service + "-a", "s" + service, "v1", "10.2." + service + ".1"));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void acceptsEverythingThroughAHundredLiveChanges(boolean delta, boolean gateway) throws Exception {
        ControlPlaneSettings settings = ControlPlaneSettings.of(java.util.List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE)
                .withTiming(new PushTiming(Duration.ofMillis(10), Duration.ofMillis(100)));
        try (ControlPlane control = ControlPlane.start(settings);
                EnvoyProcess envoy = EnvoyProcess.start(
                        directory,
                        gateway ? GATEWAY : SIDECAR,
                        gateway ? "{istio: ingressgateway}" : "{app: client}",
                        delta,
                        control.plaintextPort())) {
            awaitSynced(control, envoy, 0);
            Random random = new Random(7);
            for (int change = 0; change < CHANGES; change++) {
                long before = generation(control);
                change(random, change);
                awaitSynced(control, envoy, before + 1);
            }
            String metrics = debug(control, "/metrics");
            assertThat(metrics.lines().filter(line -> line.startsWith("pilot_total_xds_rejects{")))
                    .isEmpty();
            String dump = "/debug/config_dump?proxyID=" + (gateway ? "ingress-1.shop" : "client-1.shop");
            // The last cluster becomes active a moment after its acceptance, with its endpoints.
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(clusters(envoy.admin("/config_dump")))
                            .isEqualTo(clusters(debug(control, dump))));
            assertThat(Files.readString(envoy.log)).doesNotContain("rejected");
        }
    }

    private void change(Random random, int change) throws IOException {
        int service = random.nextInt(5);
        switch (change % 6) {
            case 0 -> route(service, change % 100);
            case 1 ->
                write(
                        "pod-" + service + "-x.yaml",
                        pod("s" + service + "-x", "s" + service, "v2", "10.3." + service + "." + (change + 1)));
            case 2 -> rule(service, change % 4 == 2 ? "LEAST_REQUEST" : "RANDOM", change + 1);
            case 3 -> {
                service(10 + change);
                write("pod-new-" + change + ".yaml", pod("n" + change, "s" + (10 + change), "v1", "10.4.0." + change));
            }
            case 4 -> Files.delete(config.resolve("service-" + (10 + change - 1) + ".yaml"));
            default -> {
                // A route moves to a service that appears in the same moment.
                service(10 + change);
                write("pod-new-" + change + ".yaml", pod("n" + change, "s" + (10 + change), "v1", "10.4.0." + change));
                write("route-" + service + ".yaml", """
                        apiVersion: networking.istio.io/v1
                        kind: VirtualService
                        metadata: {name: s%d, namespace: shop}
                        spec:
                          hosts: [s%d]
                          http: [{route: [{destination: {host: s%d, port: {number: 80}}}]}]
                        """.formatted(service, service, 10 + change));
            }
        }
    }

    private void service(int number) throws IOException {
        write("service-" + number + ".yaml", """
                apiVersion: v1
                kind: Service
                metadata: {name: s%d, namespace: shop}
                spec:
                  selector: {app: s%d}
                  clusterIP: 10.96.0.%d
                  ports: [{name: http, port: 80, targetPort: 8080}]
                """.formatted(number, number, number + 1));
    }

    private void route(int service, int weight) throws IOException {
        write("route-" + service + ".yaml", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: s%1$d, namespace: shop}
                spec:
                  hosts: [s%1$d, "s%1$d.example.com"]
                  gateways: [mesh, ingress]
                  http:
                  - match: [{headers: {version: {exact: v2}}}]
                    route: [{destination: {host: s%1$d, subset: v2}}]
                  - timeout: 5s
                    retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx"}
                    route:
                    - {destination: {host: s%1$d, subset: v1}, weight: %2$d}
                    - {destination: {host: s%1$d, subset: v2}, weight: %3$d}
                """.formatted(service, weight, 100 - weight));
    }

    private void rule(int service, String balancer, int errors) throws IOException {
        write("rule-" + service + ".yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: s%1$d, namespace: shop}
                spec:
                  host: s%1$d
                  trafficPolicy:
                    loadBalancer: {simple: %2$s}
                    connectionPool: {http: {http1MaxPendingRequests: 10}}
                    outlierDetection: {consecutive5xxErrors: %3$d, interval: 30s}
                  subsets:
                  - {name: v1, labels: {version: v1}}
                  - {name: v2, labels: {version: v2}}
                """.formatted(service, balancer, errors));
    }

    private static String pod(String name, String app, String version, String address) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: %s, version: %s}}
                spec:
                  containers: [{name: main, image: none, ports: [{name: http, containerPort: 8080}]}]
                status: {podIP: %s}
                """.formatted(name, app, version, address);
    }

    /// All types that Envoy asked for are acknowledged, of a state not older than `generation`.
    private void awaitSynced(ControlPlane control, EnvoyProcess envoy, long generation) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    assertThat(generation(control)).isGreaterThanOrEqualTo(generation);
                    JsonNode clients =
                            JSON.readTree(debug(control, "/debug/adsz")).path("clients");
                    assertThat(clients.size()).isEqualTo(1);
                    JsonNode watches = clients.get(0).path("watches");
                    assertThat(watches.size()).as(watches.toString()).isGreaterThanOrEqualTo(4);
                    watches.forEach(watch -> {
                        assertThat(watch.path("nacked").isMissingNode())
                                .as(watch.toString())
                                .isTrue();
                        assertThat(watch.path("synced").asBoolean()
                                        || watch.path("names").asInt() == 0)
                                .as(watches.toString())
                                .isTrue();
                    });
                });
    }

    private static long generation(ControlPlane control) throws IOException, InterruptedException {
        return JSON.readTree(debug(control, "/debug/push_status"))
                .path("generation")
                .asLong();
    }

    private static String debug(ControlPlane control, String path) throws IOException, InterruptedException {
        return EnvoyProcess.get("http://127.0.0.1:" + control.debugPort() + path);
    }

    private static Set<String> clusters(String configDump) {
        Set<String> names = new TreeSet<>();
        JSON.readTree(configDump)
                .path("configs")
                .forEach(section -> section.path("dynamic_active_clusters")
                        .forEach(entry ->
                                names.add(entry.path("cluster").path("name").asString())));
        JSON.readTree(configDump)
                .path("configs")
                .forEach(section -> section.path("dynamicActiveClusters")
                        .forEach(entry ->
                                names.add(entry.path("cluster").path("name").asString())));
        return names;
    }

    private void write(String name, String text) throws IOException {
        Path temporary = config.resolve("." + name);
        Files.writeString(temporary, text);
        Files.move(temporary, config.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
