package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Limits of connections from a sidecar to its own workload: a Sidecar's `inboundConnectionPool`, the
/// `connectionPool` of its ingress listeners, and what a DestinationRule says where the Sidecar says nothing.
@ParameterizedClass
@EnumSource(DataPlane.class)
class SidecarPoolsIT {
    private static final int CLIENTS = 6;
    private static final Duration LEAST = Duration.ofMillis(900);
    private static final String ONE = "{tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}";
    private static final String MANY = "{tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 100}}";
    private static final String SERVICE = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: shop, namespace: default}
            spec:
              hosts: [shop.svc.test]
              location: MESH_INTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 10.1.0.1, ports: {http: %1$d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: default}
            spec: {host: shop.svc.test, trafficPolicy: {connectionPool: %2$s}}
            ---
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: shop, namespace: default}
            spec:
              workloadSelector: {labels: {app: shop}}
              egress: [{hosts: ["*/*"]}]
            """;
    private static final String SHARED = "  inboundConnectionPool: %s\n".formatted(ONE);
    private static final String INGRESS = """
              ingress:
              - {port: {number: 9001, name: http-shared, protocol: HTTP}, defaultEndpoint: "127.0.0.1:%1$d"}
              - port: {number: 9002, name: http-own, protocol: HTTP}
                defaultEndpoint: "127.0.0.1:%1$d"
                connectionPool: %2$s
              - port: {number: 9003, name: http-idle, protocol: HTTP}
                defaultEndpoint: "127.0.0.1:%1$d"
                connectionPool: {http: {idleTimeout: 1s}}
              - {port: {number: 9004, name: tcp-shared, protocol: TCP}, defaultEndpoint: "127.0.0.1:%1$d"}
            """;

    private static final String SAME_PORT = """
              ingress:
              - {port: {number: %1$d, name: http, protocol: HTTP}, defaultEndpoint: "127.0.0.1:%1$d"}
            """;

    private static final AtomicInteger HELD = new AtomicInteger();
    private static volatile CountDownLatch release = new CountDownLatch(0);
    private static VersionedServer server;
    private static CapturedSidecar declaring;
    private static CapturedSidecar sharing;
    private static CapturedSidecar ruled;
    private static CapturedSidecar ruledDeclaring;

    @Parameter
    DataPlane plane;

    /// Which sidecar, and at which port, has only one connection to its workload.
    private enum Limited {
        BY_SIDECAR,
        BY_SIDECAR_AT_A_DECLARED_PORT,
        BY_RULE,
        BY_RULE_AT_A_DECLARED_PORT;

        CapturedSidecar sidecar() {
            return switch (this) {
                case BY_SIDECAR -> sharing;
                case BY_SIDECAR_AT_A_DECLARED_PORT -> declaring;
                case BY_RULE -> ruled;
                case BY_RULE_AT_A_DECLARED_PORT -> ruledDeclaring;
            };
        }

        int port() {
            return this == BY_SIDECAR_AT_A_DECLARED_PORT ? 9001 : server.port();
        }
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        server = new VersionedServer(SidecarPoolsIT::status);
        String generous = SERVICE.formatted(server.port(), MANY);
        declaring = CapturedSidecar.start(plane, "", generous + SHARED + INGRESS.formatted(server.port(), MANY));
        sharing = CapturedSidecar.start(plane, "", generous + SHARED);
        String strict = SERVICE.formatted(server.port(), ONE);
        ruled = CapturedSidecar.start(plane, "", strict);
        ruledDeclaring = CapturedSidecar.start(plane, "", strict + SAME_PORT.formatted(server.port()));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        declaring.close();
        sharing.close();
        ruled.close();
        ruledDeclaring.close();
        server.close();
    }

    private static int status(String head) throws InterruptedException {
        if (head.contains("/hold")) {
            HELD.incrementAndGet();
            release.await();
        }
        return 200;
    }

    private static void hold(
            int times, CapturedSidecar sidecar, int port, ExecutorService clients, Queue<Integer> statuses) {
        for (int client = 0; client < times; client++) {
            clients.submit(() -> statuses.add(sidecar.get(port, "/hold").status()));
        }
    }

    /// One connection, and one request that waits for it; the others are refused.
    @ParameterizedTest
    @EnumSource
    void limitsConnectionsToTheWorkload(Limited by) throws Exception {
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        release = new CountDownLatch(1);
        int before = HELD.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            hold(1, by.sidecar(), by.port(), clients, statuses);
            await().until(() -> HELD.get() == before + 1);
            hold(CLIENTS - 1, by.sidecar(), by.port(), clients, statuses);
            await().until(() -> statuses.size() == CLIENTS - 2);
            assertThat(statuses).containsOnly(503);
            release.countDown();
        }
        assertThat(statuses).hasSize(CLIENTS).contains(200, 200);
    }

    @Test
    void leavesToADeclaredPortWhatItSays() throws Exception {
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        release = new CountDownLatch(1);
        int before = HELD.get();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            hold(CLIENTS, declaring, 9002, clients, statuses);
            await().until(() -> HELD.get() == before + CLIENTS);
            release.countDown();
        }
        assertThat(statuses).hasSize(CLIENTS).containsOnly(200);
    }

    @Test
    void endsConnectionsToTheWorkloadWithoutRequests() throws IOException {
        List<Integer> connections = new ArrayList<>();
        int lasting = connection(9002);
        for (int turn = 0; turn < 2; turn++) {
            long began = System.nanoTime();
            int connection = connection(9003);
            connections.add(connection);
            await().until(() -> !server.isOpen(connection));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(LEAST);
        }
        assertThat(connections).doesNotHaveDuplicates();
        assertThat(connection(9002)).isEqualTo(lasting);
    }

    private static int connection(int port) throws IOException {
        return Integer.parseInt(declaring.get(port, "/").field("x-connection"));
    }

    @Test
    void limitsConnectionsWithoutHttpToo() throws Exception {
        try (Socket first = declaring.to(9004)) {
            assertThat(CapturedSidecar.ask(first, "/").status()).isEqualTo(200);
            try (Socket second = declaring.to(9004)) {
                assertThat(second.getInputStream().read()).isNegative();
            }
            assertThat(CapturedSidecar.ask(first, "/").status()).isEqualTo(200);
        }
    }
}
