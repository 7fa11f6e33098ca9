package dev.lateen.control;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real Envoy that takes everything but its bootstrap from a control plane.
final class EnvoyProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path adminAddress;
    final Path log;

    private EnvoyProcess(Process process, Path adminAddress, Path log) {
        this.process = process;
        this.adminAddress = adminAddress;
        this.log = log;
    }

    static boolean available() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "envoy")));
    }

    static EnvoyProcess start(Path directory, String nodeId, String labels, boolean delta, int xdsPort)
            throws IOException {
        Path bootstrap = directory.resolve("bootstrap.yaml");
        Path admin = directory.resolve("admin");
        Path log = directory.resolve("envoy.log");
        Files.writeString(bootstrap, """
                node:
                  id: %s
                  cluster: test
                  metadata:
                    ENVOY_UPSTREAM: "true"
                    LABELS: %s
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                dynamic_resources:
                  ads_config:
                    api_type: %s
                    transport_api_version: V3
                    grpc_services: [{envoy_grpc: {cluster_name: xds-grpc}}]
                  cds_config: {ads: {}, resource_api_version: V3}
                  lds_config: {ads: {}, resource_api_version: V3}
                static_resources:
                  clusters:
                  - name: sds-grpc
                    type: STATIC
                    connect_timeout: 1s
                    load_assignment: {cluster_name: sds-grpc}
                  - name: xds-grpc
                    type: STATIC
                    connect_timeout: 1s
                    typed_extension_protocol_options:
                      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        explicit_http_config: {http2_protocol_options: {}}
                    load_assignment:
                      cluster_name: xds-grpc
                      endpoints:
                      - lb_endpoints:
                        - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                """.formatted(nodeId, labels, delta ? "DELTA_GRPC" : "GRPC", xdsPort));
        Process process = new ProcessBuilder(
                        "envoy",
                        "-c",
                        bootstrap.toString(),
                        "--admin-address-path",
                        admin.toString(),
                        "--use-dynamic-base-id",
                        "--concurrency",
                        "1",
                        "-l",
                        "warning")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new EnvoyProcess(process, admin, log);
    }

    /// Empty while the admin page does not answer yet.
    String admin(String path) throws IOException, InterruptedException {
        if (!Files.exists(adminAddress)) {
            return "";
        }
        String address = Files.readString(adminAddress).strip();
        if (address.isEmpty()) {
            return "";
        }
        return get("http://" + address + path);
    }

    static String get(String uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
