package dev.lateen.local.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.config.Decoded;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whether a real Envoy takes what is written for it.
final class EnvoyBootstrapIT {
    @TempDir
    private Path root = Path.of("");

    @Test
    void takesTheBootstrapOfAPlainPod() throws IOException, InterruptedException {
        assertTaken(Map.of());
    }

    @Test
    void takesEverySectionThatSettingsAdd() throws IOException, InterruptedException {
        assertTaken(Map.of(
                "PROXY_CONFIG",
                """
                tracing:
                  zipkin: {address: "localhost:9411"}
                  tlsSettings: {mode: SIMPLE, caCertificates: /etc/ca.pem, sni: spans, subjectAltNames: [spans, "spiffe://a/b"]}
                statsdUdpAddress: "127.0.0.1:9125"
                extraStatTags: [one]
                proxyStatsMatcher: {inclusionPrefixes: [cluster], inclusionRegexps: ["a.*"]}
                runtimeValues: {"envoy.reloadable_features.http_reject_path_with_fragment": "true"}
                envoyMetricsService:
                  address: "localhost:15000"
                  tcpKeepalive: {probes: 3, time: 10s, interval: 5s}
                  tlsSettings: {mode: MUTUAL, caCertificates: /a.pem, clientCertificate: /b.pem, privateKey: /c.pem}
                envoyAccessLogService: {address: "localhost:15001", tlsSettings: {mode: ISTIO_MUTUAL}}
                """,
                "EXIT_ON_ZERO_ACTIVE_CONNECTIONS",
                "true",
                "ISTIO_META_OUTLIER_LOG_PATH",
                "/dev/stdout",
                "ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS",
                "1000",
                "ISTIO_METAJSON_ANNOTATIONS",
                """
                {"sidecar.istio.io/statsEvictionInterval": "10s",
                 "sidecar.istio.io/statsHistogramBuckets": "{\\"istio\\":[1,5.5,10]}"}
                """));
    }

    private void assertTaken(Map<String, String> more) throws IOException, InterruptedException {
        Path envoy = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, "envoy"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("none"));
        assumeTrue(Files.isExecutable(envoy), "SKIPPED: no envoy on PATH");
        Map<String, String> environment =
                new java.util.HashMap<>(Map.of("POD_NAME", "a-1", "POD_NAMESPACE", "b", "INSTANCE_IP", "10.0.0.7"));
        environment.putAll(more);
        Decoded<BootstrapConfig> read = IstioEnvironment.read(environment, false, root);
        assertThat(read).isInstanceOf(Decoded.Ok.class);
        Path file = Files.writeString(
                root.resolve("envoy.yaml"), EnvoyBootstrap.yaml(((Decoded.Ok<BootstrapConfig>) read).value(), 15020));
        Process process = new ProcessBuilder(envoy.toString(), "--mode", "validate", "-c", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
