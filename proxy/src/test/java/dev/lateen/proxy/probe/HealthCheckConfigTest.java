package dev.lateen.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How `readinessProbe` of Istio's proxy configuration is read.
class HealthCheckConfigTest {
    @Test
    void hasIstiosDefaults() {
        HealthCheckConfig read = read(Map.of("httpGet", Map.of("port", 8080.0)));

        assertThat(read)
                .isEqualTo(new HealthCheckConfig(
                        new Probe(new Probe.Http("/", Map.of(), false), "10.0.0.1", 8080, Duration.ofSeconds(1)),
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        1,
                        1));
    }

    @Test
    void readsWhatIsGiven() {
        HealthCheckConfig read = read(Map.of(
                "initialDelaySeconds",
                5.0,
                "timeoutSeconds",
                3.0,
                "periodSeconds",
                4.0,
                "successThreshold",
                2.0,
                "failureThreshold",
                6.0,
                "httpGet",
                Map.of(
                        "port",
                        3100.0,
                        "path",
                        "/foo",
                        "host",
                        "127.0.0.1",
                        "scheme",
                        "HTTPS",
                        "httpHeaders",
                        List.of(Map.of("name", "a", "value", "b")))));

        assertThat(read)
                .isEqualTo(new HealthCheckConfig(
                        new Probe(
                                new Probe.Http("/foo", Map.of("a", "b"), true),
                                "127.0.0.1",
                                3100,
                                Duration.ofSeconds(3)),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(4),
                        2,
                        6));
    }

    @Test
    void readsEveryKind() {
        assertThat(read(Map.of("tcpSocket", Map.of("port", 1.0))).probe().question())
                .isEqualTo(new Probe.Tcp());
        assertThat(read(Map.of("grpc", Map.of("port", 1.0, "service", "cart")))
                        .probe()
                        .question())
                .isEqualTo(new Probe.Grpc("cart"));
        assertThat(read(Map.of("exec", Map.of("command", List.of("cat", "/tmp/ok"))))
                        .probe()
                        .question())
                .isEqualTo(new Probe.Exec(List.of("cat", "/tmp/ok")));
    }

    @Test
    void asksNothingWhereNoProbeIsGiven() {
        assertThat(HealthCheckConfig.of(Map.of(), "10.0.0.1")).isEqualTo(new Decoded.Ok<>(Optional.empty()));
    }

    @Test
    void refusesWhatCannotBeAsked() {
        assertThat(refusal(Map.of("httpGet", Map.of("port", 0.0))))
                .isEqualTo("environment variable PROXY_CONFIG: readinessProbe: port: 0"
                        + " (expected: a number from 1 to 65535)");
        assertThat(refusal(Map.of("periodSeconds", 3.0)))
                .endsWith("readinessProbe: none of httpGet, tcpSocket, grpc and exec");
        assertThat(refusal(Map.of("exec", Map.of("command", List.of())))).endsWith("exec.command is missing");
        assertThat(refusal(Map.of("periodSeconds", -1.0, "tcpSocket", Map.of("port", 1.0))))
                .endsWith("readinessProbe.periodSeconds: -1 (expected: a number from 0)");
    }

    private static HealthCheckConfig read(Map<String, Object> probe) {
        return ((Decoded.Ok<Optional<HealthCheckConfig>>)
                        HealthCheckConfig.of(Map.of("readinessProbe", probe), "10.0.0.1"))
                .value()
                .orElseThrow();
    }

    private static String refusal(Map<String, Object> probe) {
        return ((Decoded.Rejected<Optional<HealthCheckConfig>>)
                        HealthCheckConfig.of(Map.of("readinessProbe", probe), "10.0.0.1"))
                .reason();
    }
}
