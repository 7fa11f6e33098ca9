package dev.lateen.e2e.grpc;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A control plane, service `echo` with three pods of two versions, and an application that calls; no proxy.
///
/// Thread: any.
final class ProxylessMesh implements AutoCloseable {
    static final String HOST = "echo.shop.svc.cluster.local";
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: %s, namespace: shop}
            spec:
              selector: {app: echo}
              ports: [{name: grpc, port: 7070, targetPort: grpc}]
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s, namespace: shop, labels: {app: echo, version: %2$s}}
            spec:
              containers: [{name: main, image: none, ports: [{name: grpc, containerPort: %3$d}]}]
            status: {podIP: %4$s}
            """;

    private final Path directory;
    private final Path config;
    private final ControlPlane control;
    private final Map<String, PeerProcess> peers = new HashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();

    ProxylessMesh(Path directory) throws IOException {
        this.directory = directory;
        this.config = Files.createDirectories(directory.resolve("config"));
        write("service", service("echo"));
        this.control = ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(ControlPlaneSettings.Ports.FREE));
    }

    /// A service of the same pods.
    static String service(String name) {
        return SERVICE.formatted(name);
    }

    /// Starts a server of `echo`.
    void server(List<String> command, String name, String version, String address) throws IOException {
        ports.put(name, Ports.free());
        PeerProcess started = peer(command, name, address, Map.of("GRPC_PORT", "" + ports.get(name)));
        started.serving();
        appear(name, version, address);
    }

    /// Makes a running server an endpoint.
    void appear(String name, String version, String address) throws IOException {
        write("pod-" + name, POD.formatted(name, version, ports.get(name), address));
    }

    void leave(String name) throws IOException {
        Files.delete(config.resolve("pod-" + name + ".yaml"));
    }

    /// Starts an application that has its configuration from xDS if it asks for any.
    PeerProcess peer(List<String> command, String name, String address, Map<String, String> more) throws IOException {
        Path bootstrap = directory.resolve(name + ".json");
        Files.writeString(bootstrap, """
                {"xds_servers": [{"server_uri": "127.0.0.1:%d",
                                  "channel_creds": [{"type": "insecure"}],
                                  "server_features": ["xds_v3"]}],
                 "node": {"id": "sidecar~%s~%s.shop~cluster.local", "metadata": {"GENERATOR": "grpc"}}}
                """.formatted(control.plaintextPort(), address, name));
        Map<String, String> environment =
                new HashMap<>(Map.of("PEER_NAME", name, "GRPC_XDS_BOOTSTRAP", bootstrap.toString()));
        environment.putAll(more);
        PeerProcess started = PeerProcess.start(command, directory.resolve(name + ".log"), environment);
        peers.put(name, started);
        return started;
    }

    /// Puts a resource into force, in place of an earlier one of that file.
    void write(String file, String yaml) throws IOException {
        Path temporary = Files.writeString(config.resolve("." + file), yaml);
        Files.move(temporary, config.resolve(file + ".yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    void remove(String file) throws IOException {
        Files.deleteIfExists(config.resolve(file + ".yaml"));
    }

    /// A page of the control plane's debug port.
    String page(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control.debugPort() + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        List<PeerProcess> all = new ArrayList<>(peers.values());
        all.forEach(PeerProcess::close);
        control.close();
    }
}
