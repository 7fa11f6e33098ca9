package dev.lateen.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.proxy.stream.StreamInfo;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests through the proxy to upstreams that behave well and badly.
@Timeout(60)
class ForwardingIT {
    private static final String ROUTE = "{\"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"a\"%s}}";

    private final ProxyFixture proxy = new ProxyFixture();

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void start(ScriptedUpstream upstream, String routeFields) throws Exception {
        proxy.cluster("a", upstream.port(), "").start(ROUTE.formatted(routeFields));
    }

    @Test
    void relaysARequestAndItsResponse() throws Exception {
        try (var upstream = ScriptedUpstream.answering(ScriptedUpstream.response(200, "hello"))) {
            start(upstream, "");
            String response = proxy.get("/x?y=1", "x-own: 1");
            assertThat(response).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nhello");
            assertThat(response).contains("server: envoy\r\n", "x-envoy-upstream-service-time: ", "date: ");
            assertThat(upstream.requests().getFirst())
                    .startsWith("GET /x?y=1 HTTP/1.1\r\n")
                    .contains("x-own: 1\r\n", "x-request-id: ", "x-forwarded-proto: http\r\n")
                    .contains("x-envoy-expected-rq-timeout-ms: 15000\r\n");
            StreamInfo info = proxy.nextLogged();
            assertThat(info.status).isEqualTo(200);
            assertThat(info.details).isEqualTo("via_upstream");
            assertThat(info.flagsText()).isEqualTo("-");
            assertThat(info.bytesSent).isEqualTo(5);
        }
    }

    @Test
    void relaysLargeBodiesBothWays() throws Exception {
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 'x');
        String body = new String(large, StandardCharsets.ISO_8859_1);
        try (var upstream = new ScriptedUpstream((_, request, _, out) -> ScriptedUpstream.write(
                out, ScriptedUpstream.response(200, request.substring(request.indexOf("\r\n\r\n") + 4))))) {
            start(upstream, "");
            String response = proxy.call("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: "
                    + body.length() + "\r\n\r\n" + body);
            assertThat(response).startsWith("HTTP/1.1 200").endsWith(body);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (var upstream = new ScriptedUpstream((_, request, _, out) ->
                ScriptedUpstream.write(out, ScriptedUpstream.response(200, request.substring(4, 6))))) {
            start(upstream, "");
            String responses = proxy.call("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            assertThat(responses).containsSubsequence("\r\n\r\n/1", "\r\n\r\n/2", "\r\n\r\n/3");
        }
    }

    @Test
    void retriesUntilTheUpstreamSucceeds() throws Exception {
        try (var upstream = ScriptedUpstream.answering(
                ScriptedUpstream.response(503, ""),
                ScriptedUpstream.response(503, ""),
                ScriptedUpstream.response(200, "ok"))) {
            start(upstream, ", \"retry_policy\": {\"retry_on\": \"5xx\", \"num_retries\": 3}");
            String response =
                    proxy.call("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody");
            assertThat(response).startsWith("HTTP/1.1 200").endsWith("ok");
            assertThat(upstream.requests()).hasSize(3).allMatch(request -> request.endsWith("\r\n\r\nbody"));
            assertThat(proxy.nextLogged().attempts).isEqualTo(3);
            assertThat(proxy.clusters.get("a").stats().requests.retries.value()).isEqualTo(2);
        }
    }

    @Test
    void givesTheLastResponseWhenRetriesAreUsedUp() throws Exception {
        try (var upstream = ScriptedUpstream.answering(ScriptedUpstream.response(503, "no"))) {
            start(upstream, ", \"retry_policy\": {\"retry_on\": \"5xx\", \"num_retries\": 1}");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 503").endsWith("no");
            assertThat(proxy.nextFlags()).isEqualTo("URX");
            assertThat(upstream.requests()).hasSize(2);
        }
    }

    @Test
    void answers504WhenTheUpstreamHangs() throws Exception {
        try (var upstream = new ScriptedUpstream(
                (_, _, socket, _) -> socket.getInputStream().read())) {
            start(upstream, ", \"timeout\": \"0.2s\"");
            String response = proxy.get("/");
            assertThat(response).startsWith("HTTP/1.1 504").endsWith("upstream request timeout");
            StreamInfo info = proxy.nextLogged();
            assertThat(info.flagsText()).isEqualTo("UT");
            assertThat(info.details).isEqualTo("response_timeout");
            assertThat(info.endNanos - info.startNanos).isGreaterThanOrEqualTo(200_000_000L);
        }
    }

    @Test
    void retriesAfterAPerTryTimeout() throws Exception {
        try (var upstream = new ScriptedUpstream((index, _, socket, out) -> {
            if (index == 0) {
                socket.getInputStream().read();
            } else {
                ScriptedUpstream.write(out, ScriptedUpstream.response(200, "second"));
            }
        })) {
            start(upstream, ", \"retry_policy\": {\"retry_on\": \"5xx\", \"per_try_timeout\": \"1s\"}");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200").endsWith("second");
        }
    }

    @Test
    void answers503WithFlagUfWhenNobodyListens() throws Exception {
        String response;
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress("127.0.0.1", 0)); // nobody else gets the port, and nobody listens on it
            proxy.cluster("a", bound.getLocalPort(), "").start(ROUTE.formatted(""));
            response = proxy.get("/");
        }
        assertThat(response)
                .startsWith("HTTP/1.1 503")
                .contains("upstream connect error or disconnect/reset before headers. reset reason: "
                        + "remote connection failure");
        StreamInfo info = proxy.nextLogged();
        assertThat(info.flagsText()).isEqualTo("UF");
        assertThat(info.details).startsWith("upstream_reset_before_response_started{remote_connection_failure");
    }

    @Test
    void answers503WithFlagUcWhenTheUpstreamCloses() throws Exception {
        try (var upstream = new ScriptedUpstream((_, _, socket, _) -> socket.close())) {
            start(upstream, "");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 503").contains("reset reason: connection termination");
            StreamInfo info = proxy.nextLogged();
            assertThat(info.flagsText()).isEqualTo("UC");
            assertThat(info.details).isEqualTo("upstream_reset_before_response_started{connection_termination}");
        }
    }

    @Test
    void answers502WithFlagUpeToGarbage() throws Exception {
        try (var upstream = ScriptedUpstream.answering("this is not HTTP\r\n\r\n")) {
            start(upstream, "");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 502").contains("reset reason: protocol error");
            assertThat(proxy.nextFlags()).isEqualTo("UPE");
        }
    }

    @Test
    void breaksOffWhenTheUpstreamBreaksOffWithinItsResponse() throws Exception {
        try (var upstream = new ScriptedUpstream((_, _, socket, out) -> {
            ScriptedUpstream.write(out, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
            socket.close();
        })) {
            start(upstream, "");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200").endsWith("half");
            StreamInfo info = proxy.nextLogged();
            assertThat(info.flagsText()).isEqualTo("UC");
            assertThat(info.details).startsWith("upstream_reset_after_response_started{");
        }
    }

    @Test
    void answers404WithFlagNrWhenNoRouteMatches() throws Exception {
        proxy.start("{\"match\": {\"path\": \"/only\"}, \"route\": {\"cluster\": \"a\"}}");
        assertThat(proxy.get("/other")).startsWith("HTTP/1.1 404");
        StreamInfo info = proxy.nextLogged();
        assertThat(info.flagsText()).isEqualTo("NR");
        assertThat(info.details).isEqualTo("route_not_found");
    }

    @Test
    void answers503WithFlagNcWhenTheClusterIsMissing() throws Exception {
        proxy.start("{\"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"nowhere\"}}");
        assertThat(proxy.get("/")).startsWith("HTTP/1.1 503");
        StreamInfo info = proxy.nextLogged();
        assertThat(info.flagsText()).isEqualTo("NC");
        assertThat(info.details).isEqualTo("cluster_not_found");
    }

    @Test
    void answers503WithFlagUhWhenThereIsNoEndpoint() throws Exception {
        proxy.json("{\"name\": \"a\", \"type\": \"STATIC\", \"load_assignment\": {\"cluster_name\": \"a\"}}")
                .start(ROUTE.formatted(""));
        assertThat(proxy.get("/")).startsWith("HTTP/1.1 503").endsWith("no healthy upstream");
        assertThat(proxy.nextFlags()).isEqualTo("UH");
    }

    @Test
    void answers503WithFlagUoWhenTheCircuitIsOpen() throws Exception {
        try (var upstream = new ScriptedUpstream(
                (_, _, socket, _) -> socket.getInputStream().read())) {
            proxy.cluster("a", upstream.port(), "\"circuit_breakers\": {\"thresholds\": [{\"max_requests\": 1}]}")
                    .start(ROUTE.formatted(""));
            try (Socket first = proxy.connect()) {
                String request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
                first.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                await().until(() -> !upstream.requests().isEmpty());
                assertThat(proxy.get("/")).startsWith("HTTP/1.1 503").contains("x-envoy-overloaded: true");
                assertThat(proxy.nextFlags()).isEqualTo("UO");
            }
        }
    }

    @Test
    void aSlowReaderStopsTheUpstream() throws Exception {
        long total = 200L << 20;
        long[] written = new long[1];
        try (var upstream = new ScriptedUpstream((_, _, _, out) -> {
            ScriptedUpstream.write(out, "HTTP/1.1 200 OK\r\ncontent-length: " + total + "\r\n\r\n");
            byte[] piece = new byte[64 * 1024];
            while (written[0] < total) {
                out.write(piece);
                written[0] += piece.length;
            }
        })) {
            start(upstream, "");
            try (Socket client = proxy.connect()) {
                client.getOutputStream()
                        .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                InputStream in = client.getInputStream();
                in.readNBytes(1000);
                // No more is taken from the upstream once every buffer on the way is full.
                long[] before = {-1};
                await().during(Duration.ofMillis(300))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> {
                            long now = written[0];
                            boolean still = now == before[0];
                            before[0] = now;
                            return still;
                        });
                assertThat(written[0]).isLessThan(32L << 20);
                in.skipNBytes(total - 1000);
            }
        }
    }

    @Test
    void cancelsTheUpstreamWhenTheClientLeaves() throws Exception {
        var gone = new java.util.concurrent.CountDownLatch(1);
        try (var upstream = new ScriptedUpstream((_, _, socket, _) -> {
            if (socket.getInputStream().read() < 0) {
                gone.countDown();
            }
        })) {
            start(upstream, "");
            try (Socket client = proxy.connect()) {
                OutputStream out = client.getOutputStream();
                out.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                await().until(() -> !upstream.requests().isEmpty());
            }
            assertThat(gone.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            assertThat(proxy.nextFlags()).isEqualTo("DC");
        }
    }

    @Test
    void relaysWebSockets() throws Exception {
        try (var upstream = new ScriptedUpstream((_, _, socket, out) -> {
            ScriptedUpstream.write(out, "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
            byte[] got = socket.getInputStream().readNBytes(4);
            out.write(got);
            out.write('!');
            socket.shutdownOutput();
        })) {
            proxy.cluster("a", upstream.port(), "")
                    .start("\"upgrade_configs\": [{\"upgrade_type\": \"websocket\"}],", "", ROUTE.formatted(""));
            try (Socket client = proxy.connect()) {
                client.getOutputStream()
                        .write(("GET /chat HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\n"
                                        + "upgrade: websocket\r\n\r\nping")
                                .getBytes(StandardCharsets.ISO_8859_1));
                String all = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(all).startsWith("HTTP/1.1 101").endsWith("\r\n\r\nping!");
                assertThat(upstream.requests().getFirst()).containsIgnoringCase("upgrade: websocket");
            }
        }
    }

    @Test
    void refusesUpgradesThatAreNotConfigured() throws Exception {
        proxy.start(ROUTE.formatted(""));
        assertThat(proxy.get("/", "connection: upgrade", "upgrade: websocket")).startsWith("HTTP/1.1 403");
        assertThat(proxy.nextLogged().details).isEqualTo("upgrade_failed");
    }

    @Test
    void mirrorsRequestsToAnotherCluster() throws Exception {
        try (var upstream = ScriptedUpstream.answering(ScriptedUpstream.response(200, "main"));
                var shadow = ScriptedUpstream.answering(ScriptedUpstream.response(500, "shadow"))) {
            proxy.cluster("shadow", shadow.port(), "");
            start(upstream, ", \"request_mirror_policies\": [{\"cluster\": \"shadow\"}]");
            String response =
                    proxy.call("POST / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody");
            assertThat(response).startsWith("HTTP/1.1 200").endsWith("main");
            await().until(() -> !shadow.requests().isEmpty());
            assertThat(shadow.requests().getFirst())
                    .contains("host: a.test-shadow\r\n")
                    .endsWith("\r\n\r\nbody");
        }
    }

    @Test
    void answersDirectResponsesAndRedirects() throws Exception {
        proxy.start("""
                {"match": {"path": "/d"}, "direct_response": {"status": 418, "body": {"inline_string": "tea"}}},
                {"match": {"prefix": "/"}, "redirect": {"https_redirect": true, "prefix_rewrite": "/new/"}}""");
        assertThat(proxy.get("/d")).startsWith("HTTP/1.1 418").endsWith("tea");
        assertThat(proxy.get("/old?q")).startsWith("HTTP/1.1 301").contains("location: https://a.test/new/old?q\r\n");
    }

    @Test
    void grpcClientsGetLocalRepliesAsTrailersOnly() throws Exception {
        proxy.json("{\"name\": \"a\", \"type\": \"STATIC\", \"load_assignment\": {\"cluster_name\": \"a\"}}")
                .start(ROUTE.formatted(""));
        assertThat(proxy.get("/s/m", "content-type: application/grpc"))
                .startsWith("HTTP/1.1 200")
                .contains("grpc-status: 14\r\n", "grpc-message: no healthy upstream\r\n");
    }

    @Test
    void splitsByWeight() throws Exception {
        try (var one = ScriptedUpstream.answering(ScriptedUpstream.response(200, "1"));
                var two = ScriptedUpstream.answering(ScriptedUpstream.response(200, "2"))) {
            proxy.cluster("one", one.port(), "").cluster("two", two.port(), "").start("""
                    {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": [
                      {"name": "one", "weight": 90}, {"name": "two", "weight": 10}]}}}""");
            try (Socket client = proxy.connect()) {
                for (int index = 0; index < 2000; index++) {
                    client.getOutputStream()
                            .write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                    InputStream in = client.getInputStream();
                    ScriptedUpstream.readRequest(in);
                }
            }
            assertThat(two.requests().size() / 20.0).isBetween(7.0, 13.0);
        }
    }
}
