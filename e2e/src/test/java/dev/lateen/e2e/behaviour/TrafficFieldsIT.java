package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Fields of Istio's traffic resources from their text to the traffic, on a gateway of either data plane: sessions
/// that stay with an endpoint, and the budget of retries.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TrafficFieldsIT {
    private static final int HOSTS = 4;
    private static final int REQUESTS = 10;
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default, labels: {%2$s}}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [%3$s]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.test]
              gateways: [entry]
              http: [{route: [{destination: {host: %1$s.svc.test}}], retries: {attempts: 1, retryOn: 5xx, backoff: 1ms}}]
            """;
    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %d, name: http, protocol: HTTP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: budget, namespace: default}
            spec:
              host: budget.svc.test
              trafficPolicy: {retryBudget: {percent: 10, minRetryConcurrency: 2}}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: moved, namespace: default}
            spec:
              hosts: [moved.test]
              gateways: [entry]
              http:
              - {match: [{uri: {prefix: /foo/}}], redirect: {authority: foo.test, prefixRewrite: /}}
              - {match: [{uri: {exact: /one}}], redirect: {prefixRewrite: /another/one, redirectCode: 302}}
              - {match: [{uri: {regex: "/[0-9]+"}}], redirect: {prefixRewrite: /number}}
              - {redirect: {scheme: https, prefixRewrite: /all/}}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: own, namespace: default}
            spec:
              hosts: [own.test]
              gateways: [entry]
              http:
              - {match: [{uri: {prefix: /text}}], directResponse: {status: 418, body: {string: "größer"}}}
              - {directResponse: {status: 200, body: {bytes: "/wCAwzw="}}}
            """;

    private static final List<Upstream> UPSTREAMS = new ArrayList<>();
    private static volatile CountDownLatch gathered = new CountDownLatch(0);
    private static volatile CountDownLatch release = new CountDownLatch(0);
    private static RunningProxy proxy;
    private static int port;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        for (int index = 0; index < HOSTS; index++) {
            String name = Integer.toString(index);
            UPSTREAMS.add(new Upstream((request, socket) -> answer(name, request, socket)));
        }
        port = Ports.free();
        String yaml = RULES.formatted(port)
                + service("cookie", "istio.io/persistent-session: stay")
                + service("header", "istio.io/persistent-session-header: x-stay")
                + service("budget", "a: b");
        proxy = plane.start(TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), List.of(port)));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        for (Upstream upstream : UPSTREAMS) {
            upstream.close();
        }
        UPSTREAMS.clear();
    }

    private static String service(String name, String labels) {
        List<String> endpoints = new ArrayList<>();
        for (Upstream upstream : UPSTREAMS) {
            endpoints.add("{address: 127.0.0.1, ports: {http: %d}}".formatted(upstream.port()));
        }
        return SERVICE.formatted(name, labels, String.join(", ", endpoints));
    }

    /// First attempts at `budget.test` fail when all are there; further ones are well when the test says so.
    private static void answer(String name, String request, Socket socket) throws Exception {
        if (request.contains("x-envoy-attempt-count: 2")) {
            release.await();
        } else if (request.contains("host: budget.test")) {
            gathered.countDown();
            gathered.await();
            HttpClient.write(socket, Upstream.response(503, name));
            return;
        }
        HttpClient.write(socket, Upstream.response(200, name));
    }

    private static Reply get(String host, String path, String... fields) throws IOException {
        List<String> all = new ArrayList<>(List.of("host: " + host));
        all.addAll(List.of(fields));
        return new HttpClient(port).get(path, all.toArray(String[]::new));
    }

    /// The cookie's name and value.
    private static String cookie(Reply reply) {
        return reply.field("set-cookie").split(";")[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "header"})
    void aSessionStaysWithItsEndpoint(String kind) throws IOException {
        Set<String> hosts = new HashSet<>();
        for (int session = 0; session < 12; session++) {
            Reply first = get(kind + ".test", "/");
            hosts.add(first.body());
            String field = kind.equals("cookie") ? "cookie: a=b; " + cookie(first) : "x-stay: " + first.field("x-stay");
            for (int turn = 0; turn < 8; turn++) {
                Reply next = get(kind + ".test", "/", field);
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.field("set-cookie")).isEqualTo("-");
                assertThat(next.field("x-stay")).isEqualTo("-");
            }
        }
        assertThat(hosts).as("endpoints that got sessions").hasSizeGreaterThan(1);
    }

    /// A client may come back through the other data plane.
    @ParameterizedTest
    @ValueSource(strings = {"cookie", "header"})
    void takesSessionsThatTheOtherDataPlaneBegan(String kind) throws IOException {
        String address = "127.0.0.1:" + UPSTREAMS.get(3).port();
        byte[] plain = address.getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[plain.length + 2];
        message[0] = 10;
        message[1] = (byte) plain.length;
        System.arraycopy(plain, 0, message, 2, plain.length);
        String field = kind.equals("cookie")
                ? "cookie: stay=\"" + Base64.getEncoder().encodeToString(message) + "\""
                : "x-stay: " + Base64.getEncoder().encodeToString(plain);
        for (int turn = 0; turn < 8; turn++) {
            assertThat(get(kind + ".test", "/", field).body()).isEqualTo("3");
        }
        Reply first = get(kind + ".test", "/");
        byte[] told = Base64.getDecoder()
                .decode(kind.equals("cookie") ? cookie(first).split("\"")[1] : first.field("x-stay"));
        assertThat(new String(told, StandardCharsets.US_ASCII))
                .endsWith("127.0.0.1:"
                        + UPSTREAMS.get(Integer.parseInt(first.body())).port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "", "MTAuMS4yLjM6ODA=", "MTI3LjAuMC4xOjk5OTk5OQ==", "bG9jYWxob3N0OjgwODA="})
    void whatIsNoEndpointGetsANewSession(String value) throws IOException {
        Reply reply = get("cookie.test", "/", "cookie: stay=\"" + value + "\"");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(cookie(reply)).startsWith("stay=\"");
    }

    @ParameterizedTest
    @CsvSource({
        "/foo/bar, 301, http://foo.test/bar",
        "/foo/bar?a=b, 301, http://foo.test/bar?a=b",
        "/foo/, 301, http://foo.test/",
        "/one, 302, http://moved.test/another/one",
        "/one?two, 302, http://moved.test/another/one?two",
        "/17, 301, http://moved.test/number",
        "/elsewhere, 301, https://moved.test/all/elsewhere",
    })
    void redirectsToWhatFollowsThePrefix(String path, int status, String location) throws IOException {
        Reply reply = get("moved.test", path);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.field("location")).isEqualTo(location);
    }

    /// The second is no text in any alphabet.
    @Test
    void answersWithTheOctetsThatItIsGiven() throws IOException {
        Reply text = get("own.test", "/text");
        assertThat(text.status()).isEqualTo(418);
        assertThat(text.body().getBytes(StandardCharsets.ISO_8859_1))
                .isEqualTo("größer".getBytes(StandardCharsets.UTF_8));
        assertThat(get("own.test", "/").body()).isEqualTo("\u00ff\0\u0080\u00c3<");
    }

    /// 10 % of ten requests are one; the least is two.
    @Test
    void retriesNoMoreThanItsBudget() throws Exception {
        gathered = new CountDownLatch(REQUESTS);
        release = new CountDownLatch(1);
        ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < REQUESTS; i++) {
                clients.submit(() -> statuses.add(get("budget.test", "/").status()));
            }
            await().until(() -> statuses.size() == REQUESTS - 2);
            assertThat(statuses).containsOnly(503);
            release.countDown();
        }
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(2);
    }
}
