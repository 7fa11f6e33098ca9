package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.Mesh;
import dev.lateen.e2e.acceptance.Seat;
import dev.lateen.e2e.acceptance.TranslatedGateway;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.model.mesh.SnapshotBuilder;
import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Fields of the MeshConfig from their text to the traffic of a gateway: limits and outlier detection for all services
/// (`defaultTrafficPolicy`), services that stay within their cluster (`serviceSettings`), and who sees a ServiceEntry
/// (`serviceEntryVisibility`).
@ParameterizedClass
@EnumSource(DataPlane.class)
class MeshFieldsIT {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                defaultTrafficPolicy:
                  connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}
                  outlierDetection: {consecutive5xxErrors: 1, interval: 50ms, baseEjectionTime: 300s, maxEjectionPercent: 100}
                serviceSettings:
                - {settings: {clusterLocal: true}, hosts: ["*.svc.test"]}
                - {settings: {clusterLocal: false}, hosts: [wide.svc.test]}
                serviceEntryVisibility:
                  defaultVisibility: NAMESPACE
                  applyToSidecars: true
                  policies:
                  - {visibility: NONE, matchingRules: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: banned}}}]}
                  - visibility: PUBLIC
                    matchingRules:
                    - namespaceSelector: {matchExpressions: [{key: trusted, operator: In, values: [yes-indeed]}]}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: trusted, labels: {trusted: yes-indeed}}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: istio-system}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %d, name: http, protocol: HTTP}, hosts: ["*/*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: ruled, namespace: trusted}
            spec:
              host: ruled.svc.test
              trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}, outlierDetection: {consecutive5xxErrors: 1000}}
            """;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [%3$s]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: istio-system}
            spec:
              hosts: [%1$s.test]
              gateways: [entry]
              http: [{route: [{destination: {host: %1$s.svc.test}}], retries: {attempts: 0}}]
            """;
    private static final int CLIENTS = 6;

    private static final AtomicInteger ARRIVED = new AtomicInteger();

    private static Upstream good;
    private static Upstream bad;
    private static Upstream slow;
    private static volatile CountDownLatch release = new CountDownLatch(0);
    private static RunningProxy proxy;
    private static int port;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        good = Upstream.saying("good");
        bad = new Upstream((_, socket) -> HttpClient.write(socket, Upstream.response(503, "bad")));
        slow = new Upstream((_, socket) -> slowly(socket));
        port = Ports.free();
        String yaml = MESH.formatted(port)
                + service("held", "trusted", slow)
                + service("ruled", "trusted", slow)
                + service("flaky", "trusted", good, bad)
                + service("near", "trusted", good)
                + service("wide", "trusted", good)
                + service("own", "istio-system", good)
                + service("foreign", "other", good)
                + service("never", "banned", good);
        proxy = plane.start(TranslatedGateway.bootstrap(
                Seat.GATEWAY,
                Mesh.of("gateway", yaml, MeshFieldsIT::farAway),
                plane.nodeMetadata(),
                List.of(port),
                UnaryOperator.identity()));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        good.close();
        bad.close();
        slow.close();
    }

    private static String service(String name, String namespace, Upstream... upstreams) {
        StringBuilder endpoints = new StringBuilder();
        for (Upstream upstream : upstreams) {
            endpoints.append("{address: 127.0.0.1, ports: {http: %d}}, ".formatted(upstream.port()));
        }
        return SERVICE.formatted(name, namespace, endpoints);
    }

    /// What another cluster's registry would add.
    private static void farAway(SnapshotBuilder builder) {
        Map<ServiceId, List<Endpoint>> all = new HashMap<>();
        for (String name : List.of("near", "wide")) {
            all.put(
                    new ServiceId(name + ".svc.test", "trusted"),
                    List.of(new Endpoint(
                            List.of("127.0.0.1"),
                            bad.port(),
                            "http",
                            1,
                            "",
                            Endpoint.Health.HEALTHY,
                            Locality.NONE,
                            "",
                            "far",
                            Endpoint.Owner.NONE)));
        }
        builder.registry(List.of(), all, List.of());
    }

    private static void slowly(Socket socket) throws Exception {
        ARRIVED.incrementAndGet();
        release.await();
        HttpClient.write(socket, Upstream.response(200, "slow"));
    }

    private static Reply get(String host, String path) throws IOException {
        return new HttpClient(port).get(path, "host: " + host + ".test");
    }

    private static Set<String> bodies(String host) throws IOException {
        Set<String> bodies = new HashSet<>();
        for (int request = 0; request < 20; request++) {
            bodies.add(get(host, "/").body());
        }
        return bodies;
    }

    /// One connection, and one request that waits for it; the others are refused.
    @Test
    void limitsServicesWithoutARule() throws Exception {
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        release = new CountDownLatch(1);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            int before = ARRIVED.get();
            ask("held", 1, clients, statuses);
            await().until(() -> ARRIVED.get() == before + 1);
            ask("held", CLIENTS - 1, clients, statuses);
            await().until(() -> statuses.size() == CLIENTS - 2);
            assertThat(statuses).containsOnly(503);
            release.countDown();
        }
        assertThat(statuses).hasSize(CLIENTS).contains(200, 200);
    }

    @Test
    void leavesToARuleWhatItSays() throws Exception {
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        release = new CountDownLatch(1);
        int before = ARRIVED.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            ask("ruled", CLIENTS, clients, statuses);
            await().until(() -> ARRIVED.get() == before + CLIENTS);
            release.countDown();
        }
        assertThat(statuses).hasSize(CLIENTS).containsOnly(200);
    }

    private static void ask(String host, int times, ExecutorService clients, Queue<Integer> statuses) {
        for (int client = 0; client < times; client++) {
            clients.submit(() -> statuses.add(get(host, "/").status()));
        }
    }

    @Test
    void leavesOutEndpointsThatFail() {
        await().untilAsserted(() -> assertThat(bodies("flaky")).containsOnly("good"));
    }

    @Test
    void staysInItsClusterWhereASettingSaysSo() throws IOException {
        assertThat(bodies("near")).containsOnly("good");
        assertThat(bodies("wide")).containsExactlyInAnyOrder("good", "bad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"own", "near"})
    void seesEntriesOfItsNamespaceAndPublicOnes(String host) throws IOException {
        assertThat(get(host, "/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign", "never"})
    void seesNoOthers(String host) throws IOException {
        assertThat(get(host, "/").status()).isEqualTo(503);
    }
}
