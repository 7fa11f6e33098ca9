package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.GoProgram;
import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A real OpenTelemetry collector of one test, which hands spans to a Zipkin.
///
/// @param port where it takes OTLP over gRPC
/// @param httpPort where it takes OTLP over HTTP
record OpenTelemetryCollector(Process process, int port, int httpPort) implements AutoCloseable {
    private static final String READY = "Everything is ready";

    static OpenTelemetryCollector start(Zipkin zipkin, Path directory) throws IOException {
        Path program = GoProgram.build("otelcol");
        int port = Ports.free();
        int httpPort = Ports.free();
        Path settings =
                Files.writeString(directory.resolve("otelcol.yaml"), """
                receivers:
                  otlp:
                    protocols:
                      grpc: {endpoint: "127.0.0.1:%d"}
                      http: {endpoint: "127.0.0.1:%d"}
                exporters:
                  zipkin: {endpoint: "http://127.0.0.1:%d/api/v2/spans"}
                service:
                  telemetry: {metrics: {level: none}}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [zipkin]}
                """.formatted(port, httpPort, zipkin.port()));
        Path log = directory.resolve("otelcol.log");
        Process process = new ProcessBuilder(program.toString(), "--config", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        OpenTelemetryCollector started = new OpenTelemetryCollector(process, port, httpPort);
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.readString(log).contains(READY) || !process.isAlive());
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return started;
    }

    /// A mesh with an extension provider `otel` that takes OTLP at a port of this machine.
    ///
    /// @param http the rest of what the provider says of its protocol, where it is HTTP; else empty
    static String provider(int port, String http) {
        return """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: tracing, namespace: istio-system}
                spec:
                  meshConfig:
                    enableTracing: true
                    extensionProviders: [{name: otel, opentelemetry: {service: otel.test, port: 4317%2$s}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: otel, namespace: istio-system}
                spec:
                  hosts: [otel.test]
                  ports: [{number: 4317, name: otlp, protocol: %3$s}]
                  resolution: STATIC
                  endpoints: [{address: 127.0.0.1, ports: {otlp: %1$d}}]
                ---
                """.formatted(port, http, http.isEmpty() ? "GRPC" : "HTTP");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
