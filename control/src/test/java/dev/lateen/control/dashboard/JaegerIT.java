package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.dashboard.trace.Span;
import dev.lateen.dashboard.trace.TraceDoctor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Jaeger's query service answers, in the form that its documentation gives.
final class JaegerIT {
    private static final String TRACE = """
            {"traceID": "f198ee56343ba864", "spans": [
              {"traceID": "f198ee56343ba864", "spanID": "a1", "operationName": "orders.shop:80/*", "references": [],
               "startTime": 1700000000000000, "duration": 9000, "processID": "p1",
               "tags": [{"key": "span.kind", "type": "string", "value": "server"},
                        {"key": "http.status_code", "type": "int64", "value": 503},
                        {"key": "error", "type": "bool", "value": true}]},
              {"traceID": "f198ee56343ba864", "spanID": "e457b5a2e4d86bd1", "operationName": "users.shop:80/*",
               "references": [{"refType": "FOLLOWS_FROM", "traceID": "f198ee56343ba864", "spanID": "b7"},
                              {"refType": "CHILD_OF", "traceID": "f198ee56343ba864", "spanID": "a1"}],
               "startTime": 1700000000002000, "duration": 5000, "processID": "p2",
               "tags": [{"key": "span.kind", "type": "string", "value": "client"},
                        {"key": "error", "type": "bool", "value": false}]}],
             "processes": {"p1": {"serviceName": "orders.shop", "tags": []}, "p2": {"serviceName": "users.shop", "tags": []}}}""";

    private final List<String> asked = new ArrayList<>();
    private final HttpServer server = create();
    private Jaeger jaeger = new Jaeger(URI.create("http://127.0.0.1"), Instant::now);

    private static HttpServer create() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        server.createContext("/jaeger/api/", exchange -> {
            String path = exchange.getRequestURI().toString();
            asked.add(path);
            String body = path.endsWith("/services")
                    ? "{\"data\": [\"users.shop\", \"orders.shop\"], \"total\": 2, \"errors\": null}"
                    : "{\"data\": [" + TRACE + "], \"errors\": null}";
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        jaeger = new Jaeger(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jaeger/"),
                () -> Instant.ofEpochSecond(1_700_000_100));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsATraceAsTheMeshHasIt() throws IOException {
        assertThat(jaeger.trace("f198ee56343ba864"))
                .containsExactly(
                        new Span(
                                "f198ee56343ba864",
                                "00000000000000a1",
                                "",
                                "orders.shop",
                                "orders.shop:80/*",
                                "SERVER",
                                1_700_000_000_000_000L,
                                9_000,
                                Map.of("span.kind", "server", "http.status_code", "503", "error", "true")),
                        new Span(
                                "f198ee56343ba864",
                                "e457b5a2e4d86bd1",
                                "00000000000000a1",
                                "users.shop",
                                "users.shop:80/*",
                                "CLIENT",
                                1_700_000_000_002_000L,
                                5_000,
                                Map.of("span.kind", "client")));
        assertThat(asked).containsExactly("/jaeger/api/traces/f198ee56343ba864");
    }

    @Test
    void allTracesAreThoseOfEachServiceOnce() throws IOException {
        List<List<Span>> traces = jaeger.traces("", Duration.ofMinutes(1), 10);

        assertThat(traces).hasSize(1);
        String times = "&limit=10&start=1700000040000000&end=1700000100000000";
        assertThat(asked)
                .containsExactly(
                        "/jaeger/api/services",
                        "/jaeger/api/traces?service=orders.shop" + times,
                        "/jaeger/api/traces?service=users.shop" + times);
        assertThat(TraceDoctor.examine(traces))
                .extracting(TraceDoctor.Finding::service)
                .contains("orders.shop");
    }

    @Test
    void saysWhoDoesNotAnswerLikeJaeger() {
        server.stop(0);
        assertThatThrownBy(() -> jaeger.trace("f198ee56343ba864"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/jaeger");
        assertThat(asked).isEmpty();
    }

    @Test
    void asksForNothingThatIsNoId() throws IOException {
        assertThat(jaeger.trace("../services")).isEmpty();
        assertThat(asked).isEmpty();
    }
}
