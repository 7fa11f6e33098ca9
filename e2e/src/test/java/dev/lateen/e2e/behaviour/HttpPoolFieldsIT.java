package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `connectionPool` of DestinationRules, and what the MeshConfig says of the same, from their text to connections of
/// HTTP from a gateway to its services: which version they speak, how long they last, how many requests they carry,
/// and how many retries there may be.
@ParameterizedClass
@EnumSource(DataPlane.class)
class HttpPoolFieldsIT {
    private static final int REQUESTS = 6;
    private static final Duration POLL = Duration.ofMillis(20);
    /// Somewhat less than the second that rules speak of.
    private static final Duration LEAST = Duration.ofMillis(900);
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                h2UpgradePolicy: UPGRADE
                defaultHttpRetryPolicy: {attempts: 3, retryOn: 5xx, backoff: 1ms}
            ---
            """;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: web%4$s}]
              endpoints: [{address: 127.0.0.1, ports: {web: %2$d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.test]
              gateways: [entry]
              http: [{route: [{destination: {host: %1$s.svc.test}}]%3$s}]
            """;
    private static final String NO_RETRIES = ", retries: {attempts: 0}";
    private static final String ONE_RETRY = ", retries: {attempts: 1, retryOn: 5xx, backoff: 1ms}";

    /// What a rule says of a service's connections; empty: there is no rule.
    private enum Service {
        GENERAL("", ""),
        /// Nobody says what it speaks, so that the mesh's word does not count.
        UNDECLARED("", NO_RETRIES, ""),
        UPGRADED("http: {h2UpgradePolicy: UPGRADE}", NO_RETRIES, ""),
        PLAIN("http: {h2UpgradePolicy: DO_NOT_UPGRADE}"),
        CLIENTS("http: {useClientProtocol: true}"),
        IDLE1("http: {h2UpgradePolicy: DO_NOT_UPGRADE, idleTimeout: 1s}"),
        IDLE2("http: {h2UpgradePolicy: UPGRADE, idleTimeout: 1s}"),
        QUIET("tcp: {idleTimeout: 1s}, http: {h2UpgradePolicy: DO_NOT_UPGRADE}"),
        /// The word on HTTP counts.
        LASTING("tcp: {idleTimeout: 1s}, http: {h2UpgradePolicy: DO_NOT_UPGRADE, idleTimeout: 300s}"),
        BRIEF1("tcp: {maxConnectionDuration: 1s}, http: {h2UpgradePolicy: DO_NOT_UPGRADE}"),
        BRIEF2("tcp: {maxConnectionDuration: 1s}, http: {h2UpgradePolicy: UPGRADE}"),
        NARROW("http: {h2UpgradePolicy: UPGRADE, maxConcurrentStreams: 2}"),
        CAUTIOUS("http: {h2UpgradePolicy: DO_NOT_UPGRADE, maxRetries: 2}", ONE_RETRY),
        PERSISTENT("http: {h2UpgradePolicy: DO_NOT_UPGRADE}", ONE_RETRY);

        private final String policy;
        private final String route;
        private final String protocol;

        Service(String policy) {
            this(policy, NO_RETRIES);
        }

        Service(String policy, String route) {
            this(policy, route, ", protocol: HTTP");
        }

        /// @param route more of it
        /// @param protocol of its port; empty for none
        Service(String policy, String route, String protocol) {
            this.policy = policy;
            this.route = route;
            this.protocol = protocol;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Map<Service, VersionedServer> SERVERS = new EnumMap<>(Service.class);
    private static final AtomicInteger HELD = new AtomicInteger();
    private static volatile CountDownLatch gathered = new CountDownLatch(0);
    private static volatile CountDownLatch release = new CountDownLatch(0);
    private static RunningProxy proxy;
    private static int port;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        port = Ports.free();
        StringBuilder yaml = new StringBuilder(MESH).append(ServiceYaml.entry(port));
        for (Service service : Service.values()) {
            VersionedServer server = new VersionedServer(HttpPoolFieldsIT::status);
            SERVERS.put(service, server);
            yaml.append(SERVICE.formatted(service, server.port(), service.route, service.protocol));
            if (!service.policy.isEmpty()) {
                yaml.append(ServiceYaml.rule(service.toString(), "connectionPool: {" + service.policy + "}"));
            }
        }
        proxy = plane.start(TranslatedGateway.bootstrap(yaml.toString(), plane.nodeMetadata(), List.of(port)));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        for (VersionedServer server : SERVERS.values()) {
            server.close();
        }
    }

    /// `/fail` always does; `/once` does the first time, when all are there.
    private static int status(String head) throws InterruptedException {
        boolean retried = head.contains("x-envoy-attempt-count: 2");
        if (head.contains("/once") && !retried) {
            gathered.countDown();
            gathered.await();
            return 503;
        }
        if (head.contains("/once") || head.contains("/hold")) {
            HELD.incrementAndGet();
            release.await();
        }
        return head.contains("/fail") ? 503 : 200;
    }

    private static Reply get(Service service, String path) throws IOException {
        return new HttpClient(port).get(path, "host: " + service + ".test");
    }

    /// Which connection of the service brought a request.
    private static int connection(Service service) throws IOException {
        Reply reply = get(service, "/");
        assertThat(reply.status()).isEqualTo(200);
        return Integer.parseInt(reply.field("x-connection"));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @ParameterizedTest
    @CsvSource({"UPGRADED, 2", "PLAIN, 1", "GENERAL, 2", "CLIENTS, 1", "UNDECLARED, 1"})
    void speaksTheVersionThatTheRuleOrElseTheMeshSays(Service service, String version) throws IOException {
        assertThat(get(service, "/").field("x-version")).isEqualTo(version);
    }

    /// A gateway speaks HTTP/2 with all clients that can, whatever its services can.
    @ParameterizedTest
    @CsvSource({"UPGRADED, 2", "PLAIN, 1", "GENERAL, 2", "CLIENTS, 2", "UNDECLARED, 1"})
    void speaksItWithClientsOfHttp2Too(Service service, String version) throws Exception {
        try (Http2Peer client = Http2Peer.client(new HttpClient(port).connect())) {
            client.headers(1, true, ":method: GET", ":scheme: http", ":authority: " + service + ".test", ":path: /");
            assertThat(client.response(1).headers()).contains(":status: 200", "x-version: " + version);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IDLE1", "IDLE2", "QUIET"})
    void endsConnectionsWithoutRequests(Service service) throws IOException {
        int lasting = connection(Service.LASTING);
        for (int turn = 0; turn < 2; turn++) {
            long began = System.nanoTime();
            int connection = connection(service);
            await().until(() -> !SERVERS.get(service).isOpen(connection));
            assertThat(since(began)).isGreaterThan(LEAST);
        }
        assertThat(connection(Service.LASTING)).isEqualTo(lasting);
    }

    @Test
    void keepsConnectionsWithRequests() throws Exception {
        release = new CountDownLatch(1);
        int before = HELD.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> held = clients.submit(() -> get(Service.IDLE1, "/hold"));
            await().until(() -> HELD.get() == before + 1);
            int other = connection(Service.IDLE1);
            await().until(() -> !SERVERS.get(Service.IDLE1).isOpen(other));
            release.countDown();
            assertThat(held.get().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BRIEF1", "BRIEF2"})
    void endsConnectionsThatHaveHadTheirTime(Service service) throws IOException {
        int lasting = connection(Service.LASTING);
        long began = System.nanoTime();
        int first = connection(service);
        await().pollInterval(POLL).until(() -> connection(service) != first);
        assertThat(since(began)).isGreaterThan(LEAST);
        await().until(() -> !SERVERS.get(service).isOpen(first));
        assertThat(connection(Service.LASTING)).isEqualTo(lasting);
    }

    @Test
    void opensAnotherConnectionWhenOneHasItsStreams() throws Exception {
        release = new CountDownLatch(1);
        int before = HELD.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> narrow = ask(Service.NARROW, "/hold", clients);
            List<Future<Reply>> wide = ask(Service.UPGRADED, "/hold", clients);
            await().until(() -> HELD.get() == before + 2 * REQUESTS);
            release.countDown();
            List<String> connections = connections(narrow);
            assertThat(connections.stream().distinct()).hasSize(REQUESTS / 2);
            for (String connection : connections) {
                assertThat(connections.stream().filter(connection::equals)).hasSize(2);
            }
            assertThat(connections(wide).stream().distinct()).hasSize(1);
        }
    }

    private static List<Future<Reply>> ask(Service service, String path, ExecutorService clients) {
        List<Future<Reply>> replies = new ArrayList<>();
        for (int request = 0; request < REQUESTS; request++) {
            replies.add(clients.submit(() -> get(service, path)));
        }
        return replies;
    }

    private static List<String> connections(List<Future<Reply>> replies) throws Exception {
        List<String> connections = new ArrayList<>();
        for (Future<Reply> reply : replies) {
            connections.add(reply.get().field("x-connection"));
        }
        return connections;
    }

    @Test
    void retriesNoMoreAtATimeThanTheRuleSays() throws Exception {
        gathered = new CountDownLatch(REQUESTS);
        release = new CountDownLatch(1);
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int request = 0; request < REQUESTS; request++) {
                clients.submit(() -> statuses.add(get(Service.CAUTIOUS, "/once").status()));
            }
            await().until(() -> statuses.size() == REQUESTS - 2);
            assertThat(statuses).containsOnly(503);
            release.countDown();
        }
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(2);
    }

    /// Envoy by itself has a limit of three.
    @Test
    void retriesAllAtATimeWhereNoRuleSaysHowMany() throws Exception {
        gathered = new CountDownLatch(REQUESTS);
        release = new CountDownLatch(1);
        int before = HELD.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies = ask(Service.PERSISTENT, "/once", clients);
            await().until(() -> HELD.get() == before + REQUESTS);
            release.countDown();
            for (Future<Reply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GENERAL, 4", "PERSISTENT, 2", "PLAIN, 1"})
    void retriesAsTheRouteOrElseTheMeshSays(Service service, int attempts) throws IOException {
        assertThat(get(service, "/fail").status()).isEqualTo(503);
        assertThat(SERVERS.get(service).count("/fail")).isEqualTo(attempts);
    }
}
