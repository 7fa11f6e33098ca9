package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.push.PushTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A new endpoint comes slowly to its share where a DestinationRule says so: from the rule's `warmup` by the control
/// plane to the data plane's choice of hosts.
@ParameterizedClass
@EnumSource(DataPlane.class)
class SlowStartIT {
    private static final Duration WINDOW = Duration.ofSeconds(15);
    private static final String CLUSTER = "outbound|80||warm.test";
    private static final String HTTP2 = """
            connect_timeout: 1s, typed_extension_protocol_options: {
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
                explicit_http_config: {http2_protocol_options: {}}}}""";
    private static final String ADS = """
            dynamic_resources: {cds_config: {ads: {}, resource_api_version: V3}, ads_config: {
              api_type: DELTA_GRPC, transport_api_version: V3,
              grpc_services: [{envoy_grpc: {cluster_name: xds-grpc}}]}}""";

    @TempDir
    private Path directory;

    @Parameter
    DataPlane plane;

    private Path config;
    private Upstream old;
    private Upstream young;

    @BeforeEach
    void start() throws IOException {
        config = Files.createDirectories(directory.resolve("config"));
        old = Upstream.saying("old");
        young = Upstream.saying("young");
        write("mesh.yaml", """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec: {meshConfig: {enableAutoMtls: false}}
                """);
        endpoints(old);
    }

    @AfterEach
    void stop() throws IOException {
        old.close();
        young.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ROUND_ROBIN", "LEAST_REQUEST"})
    void newEndpointsComeSlowlyToTheirShare(String policy) throws Exception {
        write("rule.yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: warm, namespace: shop}
                spec:
                  host: warm.test
                  trafficPolicy: {loadBalancer: {simple: %s, warmup: {duration: %ds, minimumPercent: 5}}}
                """.formatted(policy, WINDOW.toSeconds()));
        try (ControlPlane control = ControlPlane.start(settings());
                RunningProxy proxy = plane.start(bootstrap(control))) {
            HttpClient client = proxy.client("main");
            waitUntilTheFirstIsOld(client);
            endpoints(old, young);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> client.get("/").body().equals("young"));

            assertThat(shareOfYoung(client)).as("at first").isLessThan(35);
            await().atMost(WINDOW.multipliedBy(3))
                    .untilAsserted(
                            () -> assertThat(shareOfYoung(client)).as("at last").isBetween(40, 60));
        }
    }

    /// With an aggression of five a host has half of its weight after a thirtieth of the window, evenly after half.
    @Test
    void aggressiveOnesComeSooner() throws Exception {
        write("rule.yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: warm, namespace: shop}
                spec:
                  host: warm.test
                  subsets:
                  - name: even
                    trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: %1$ds, minimumPercent: 5}}}
                  - name: eager
                    trafficPolicy:
                      loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: %1$ds, minimumPercent: 5, aggression: 5}}
                """.formatted(WINDOW.toSeconds()));
        try (ControlPlane control = ControlPlane.start(settings());
                RunningProxy proxy = plane.start(bootstrap(control))) {
            HttpClient client = proxy.client("main");
            waitUntilTheFirstIsOld(client);
            endpoints(old, young);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> client.get("/eager").body().equals("young"));

            long start = System.nanoTime();
            int requests = 0;
            int even = 0;
            int eager = 0;
            while (System.nanoTime() - start < WINDOW.toNanos() / 3) {
                requests++;
                even += client.get("/even").body().equals("young") ? 1 : 0;
                eager += client.get("/eager").body().equals("young") ? 1 : 0;
            }
            assertThat(requests).as("too slow to tell").isGreaterThan(150);
            assertThat((double) even / requests).as("evenly").isLessThan(0.25);
            assertThat((double) eager / requests).as("eagerly").isBetween(0.3, 0.5);
        }
    }

    private ControlPlaneSettings settings() {
        return ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE)
                .withTiming(new PushTiming(Duration.ofMillis(10), Duration.ofMillis(100)));
    }

    private static void waitUntilTheFirstIsOld(HttpClient client) {
        await().until(() -> client.get("/").body().equals("old"));
        long since = System.nanoTime();
        await().atMost(WINDOW.multipliedBy(2)).until(() -> System.nanoTime() - since > WINDOW.toNanos());
    }

    private Bootstrap bootstrap(ControlPlane control) {
        return new Bootstrap()
                .node("""
                        {id: sidecar~127.0.0.9~client-1.shop~shop.svc.cluster.local, cluster: client,
                         metadata: {%s: "true", NAMESPACE: shop}}""".formatted(plane.nodeMetadata()))
                .with(ADS)
                .cluster("xds-grpc", HTTP2, control.plaintextPort())
                .http(
                        "main",
                        "{match: {prefix: /even}, route: {cluster: \"%s\"}}, "
                                        .formatted(CLUSTER.replace("||", "|even|"))
                                + "{match: {prefix: /eager}, route: {cluster: \"%s\"}}, "
                                        .formatted(CLUSTER.replace("||", "|eager|"))
                                + "{match: {prefix: /}, route: {cluster: \"%s\"}}".formatted(CLUSTER));
    }

    /// Percent of a hundred requests.
    private static int shareOfYoung(HttpClient client) throws IOException {
        int young = 0;
        for (int i = 0; i < 100; i++) {
            young += client.get("/").body().equals("young") ? 1 : 0;
        }
        return young;
    }

    private void endpoints(Upstream... upstreams) throws IOException {
        StringBuilder list = new StringBuilder();
        for (Upstream upstream : upstreams) {
            list.append("  - {address: 127.0.0.1, ports: {http: %d}}\n".formatted(upstream.port()));
        }
        write("entry.yaml", """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: warm, namespace: shop}
                spec:
                  hosts: [warm.test]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  endpoints:
                """ + list);
    }

    private void write(String name, String text) throws IOException {
        Path temporary = config.resolve("." + name);
        Files.writeString(temporary, text);
        Files.move(temporary, config.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
