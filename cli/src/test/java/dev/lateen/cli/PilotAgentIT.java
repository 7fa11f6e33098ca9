package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PilotAgentIT {
    private final AtomicInteger asked = new AtomicInteger();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private HttpServer proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            int status = exchange.getRequestURI().getPath().equals("/never") || asked.incrementAndGet() < 3 ? 503 : 200;
            byte[] answer = (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                            + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        proxy.start();
    }

    @AfterEach
    void stop() {
        proxy.stop(0);
    }

    private int run(String... arguments) throws InterruptedException {
        return PilotAgent.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    private String url(String path) {
        return "http://localhost:" + proxy.getAddress().getPort() + path;
    }

    @Test
    void waitsUntilTheProxyIsReady() throws InterruptedException {
        assertThat(run("wait", "--url=" + url("/healthz/ready"), "--periodMillis", "1"))
                .isZero();
        assertThat(asked).hasValue(3);
    }

    @Test
    void saysWhatTheProxyAnsweredWhenTheTimeIsOver() throws InterruptedException {
        assertThat(run("/usr/local/bin/pilot-agent", "wait", "--url=" + url("/never"), "--timeoutSeconds=5"))
                .isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("not ready after 5 s: status 503");
    }

    @Test
    void asksTheProxyAndPrintsItsAnswer() throws InterruptedException {
        asked.set(2);
        String port = Integer.toString(proxy.getAddress().getPort());
        assertThat(run("request", "--debug-port=" + port, "POST", "logging?level=debug", "body"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("POST /logging?level=debug body");
    }

    @Test
    void failsWhereTheProxyRefuses() throws InterruptedException {
        String port = Integer.toString(proxy.getAddress().getPort());
        assertThat(run("request", "--debug-port=" + port, "GET", "/never")).isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("GET /never", "status 503");
    }

    @Test
    void refusesWhatItDoesNotKnow() throws InterruptedException {
        assertThat(run("wait", "--periodMillis=soon")).isEqualTo(2);
        assertThat(run("wait", "--patience=1")).isEqualTo(2);
        assertThat(run("request", "GET")).isEqualTo(2);
        assertThat(run("explode")).isEqualTo(2);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("'soon'", "--patience", "Usage: pilot-agent");
    }
}
