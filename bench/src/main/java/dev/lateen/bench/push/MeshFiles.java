package dev.lateen.bench.push;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A mesh as manifests in a directory, one file a resource: services with ten endpoints each, and a VirtualService and
/// a DestinationRule for every second service.
final class MeshFiles {
    private static final int ENDPOINTS = 10;

    private final Path directory;
    private final int services;

    MeshFiles(Path directory, int services) {
        this.directory = directory;
        this.services = services;
    }

    void write() throws IOException {
        for (int service = 0; service < services; service++) {
            put("service-" + service, service(service));
            writeEndpoints(service, 0);
            if (service % 2 == 0) {
                writeRoute(service, 0);
                put("rule-" + service, rule(service));
            }
        }
    }

    /// Changes one route's weights; `revision` from 1.
    void writeRoute(int service, int revision) throws IOException {
        put("route-" + service, route(service, 90 - revision % 80));
    }

    /// Moves one endpoint to another address.
    void writeEndpoints(int service, int revision) throws IOException {
        StringBuilder text = new StringBuilder("apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: svc-" + service
                + "\n  namespace: default\nsubsets:\n- ports:\n  - name: http\n    port: 8080\n  addresses:\n");
        for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
            int last = endpoint == 0 ? 100 + revision % 100 : endpoint + 1;
            text.append("  - ip: 10.")
                    .append(service / 250)
                    .append('.')
                    .append(service % 250)
                    .append('.')
                    .append(last)
                    .append('\n');
        }
        put("endpoints-" + service, text.toString());
    }

    private static String service(int service) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: svc-%1$d
                  namespace: default
                spec:
                  clusterIP: 10.200.%2$d.%3$d
                  selector:
                    app: svc-%1$d
                  ports:
                  - name: http
                    port: 80
                    targetPort: 8080
                """.formatted(service, service / 250, service % 250 + 1);
    }

    private static String route(int service, int weight) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: svc-%1$d
                  namespace: default
                spec:
                  hosts: [svc-%1$d]
                  http:
                  - match:
                    - headers:
                        x-canary: {exact: "true"}
                    route:
                    - destination: {host: svc-%1$d, subset: v2}
                  - route:
                    - destination: {host: svc-%1$d, subset: v1}
                      weight: %2$d
                    - destination: {host: svc-%1$d, subset: v2}
                      weight: %3$d
                    timeout: 5s
                    retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,reset,connect-failure"}
                """.formatted(service, weight, 100 - weight);
    }

    private static String rule(int service) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: svc-%1$d
                  namespace: default
                spec:
                  host: svc-%1$d
                  trafficPolicy:
                    loadBalancer: {simple: LEAST_REQUEST}
                    outlierDetection: {consecutive5xxErrors: 5, interval: 30s, baseEjectionTime: 30s}
                  subsets:
                  - name: v1
                    labels: {version: v1}
                  - name: v2
                    labels: {version: v2}
                """.formatted(service);
    }

    /// By rename, so that no reader sees half a file.
    private void put(String name, String text) throws IOException {
        Path temporary = directory.resolve("." + name + ".tmp");
        Files.writeString(temporary, text);
        Files.move(
                temporary,
                directory.resolve(name + ".yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
