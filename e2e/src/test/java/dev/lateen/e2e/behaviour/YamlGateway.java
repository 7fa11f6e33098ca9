package dev.lateen.e2e.behaviour;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A gateway in zone `eu/a` that serves what YAML says: services of the mesh, `NAME.test` each.
///
/// Thread: any.
final class YamlGateway implements AutoCloseable {
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: %2$s
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [%3$s]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.test]
              gateways: [entry]
              http: [{route: [{destination: {host: %1$s.svc.test}}], retries: {%4$s}}]
            """;

    /// What a service has that a test says nothing of.
    static final String NO_RETRIES = "attempts: 0";

    private final RunningProxy proxy;
    private final int port;

    private YamlGateway(RunningProxy proxy, int port) {
        this.proxy = proxy;
        this.port = port;
    }

    static YamlGateway start(DataPlane plane, String yaml) throws IOException, InterruptedException {
        return start(plane, yaml, UnaryOperator.identity(), Map.of());
    }

    /// @param changed what the test's machine needs in the text of a translated resource
    /// @param environment of the proxy
    static YamlGateway start(
            DataPlane plane, String yaml, UnaryOperator<String> changed, Map<String, String> environment)
            throws IOException, InterruptedException {
        int port = Ports.free();
        Bootstrap bootstrap = TranslatedGateway.bootstrap(
                ServiceYaml.entry(port) + yaml, plane.nodeMetadata(), List.of(port), changed);
        return new YamlGateway(plane.start(bootstrap, environment), port);
    }

    /// @param more fields of the endpoint, each with a comma before it
    static String endpoint(int port, String more) {
        return "{address: 127.0.0.1, ports: {http: %d}%s}".formatted(port, more);
    }

    /// A service whose requests are tried once.
    ///
    /// @param policy of its DestinationRule
    static String service(String name, List<String> endpoints, String policy) {
        return service(name, endpoints, policy, NO_RETRIES);
    }

    static String service(String name, List<String> endpoints, String policy, String retries) {
        return withoutRule(name, "STATIC", endpoints, retries) + ServiceYaml.rule(name, policy);
    }

    static String withoutRule(String name, String resolution, List<String> endpoints, String retries) {
        return SERVICE.formatted(name, resolution, String.join(", ", endpoints), retries);
    }

    Reply get(String name, String path, String... fields) throws IOException {
        return new HttpClient(port).get(path, with("host: " + name + ".test", fields));
    }

    private static String[] with(String first, String... others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    /// Answers to so many requests, one after the other on one connection.
    List<Reply> ask(String name, int times, String... fields) throws IOException {
        StringBuilder head = new StringBuilder("GET / HTTP/1.1\r\nhost: " + name + ".test\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        String request = head.append("\r\n").toString();
        List<Reply> replies = new ArrayList<>();
        try (Socket socket = new HttpClient(port).connect()) {
            for (int turn = 0; turn < times; turn++) {
                HttpClient.write(socket, request);
                replies.add(Reply.read(socket.getInputStream(), "GET"));
            }
        }
        return replies;
    }

    /// Which hosts answered so many requests, well or not; -1 where none did.
    List<Integer> homes(String name, int times, String... fields) throws IOException {
        return ask(name, times, fields).stream()
                .map(reply -> reply.body().matches("\\d") ? Integer.parseInt(reply.body()) : -1)
                .toList();
    }

    /// A number of outlier detection that the proxy has for a service.
    long outliers(String name, String number) throws IOException {
        String start = "cluster.outbound|80||" + name + ".svc.test";
        String end = ".outlier_detection." + number;
        return proxy.admin("/stats")
                .lines()
                .map(line -> line.split(": "))
                .filter(line -> line[0].startsWith(start) && line[0].endsWith(end))
                .mapToLong(line -> Long.parseLong(line[1]))
                .sum();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
