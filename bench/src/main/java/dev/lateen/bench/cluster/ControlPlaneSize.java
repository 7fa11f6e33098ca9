package dev.lateen.bench.cluster;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// The control plane's memory while 100 real sidecars come, each of which is told of 500 services with ten endpoints
/// each, and
/// how long it took to be ready.
final class ControlPlaneSize {
    private static final String SYSTEM = "istio-system";
    private static final int SERVICES = 500;
    private static final int PROXIES = 100;
    /// How many begin at once: on a small node more of them would keep one another from starting.
    private static final int STEP = 10;
    private static final int ENDPOINTS = 10;
    private static final int CHUNK = 100;

    private final Cluster cluster;

    ControlPlaneSize(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @return rows of the report
    String measure() throws IOException, InterruptedException {
        String pod = cluster.podOf(SYSTEM, "istiod");
        String ready = readyAfter(pod);
        double empty = discovery(pod).residentMiB();
        for (int from = 0; from < SERVICES; from += CHUNK) {
            StringBuilder manifests = new StringBuilder();
            for (int service = from; service < from + CHUNK; service++) {
                addService(manifests, service);
            }
            cluster.apply(manifests.toString());
        }
        double withServices = discovery(pod).residentMiB();
        cluster.apply(Cluster.manifest("crowd.yaml"));
        double most = 0;
        for (int wanted = STEP; wanted <= PROXIES; wanted += STEP) {
            cluster.kubectl("-n", Cluster.NAMESPACE, "scale", "deployment/crowd", "--replicas=" + wanted);
            cluster.kubectl("-n", Cluster.NAMESPACE, "rollout", "status", "deployment/crowd", "--timeout=300s");
            most = Math.max(most, discovery(pod).residentMiB());
        }
        Cluster.Usage settled = discovery(pod);
        most = Math.max(most, settled.residentMiB());
        return String.format(
                Locale.ROOT,
                "| the control plane's container until ready | %s |%n"
                        + "| the control plane's memory: started, with %d services, most while %d sidecars came, with them | %.0f, %.0f, %.0f, %.0f MiB |%n"
                        + "| a sidecar that knows all of these services (median) | %.0f MiB |%n",
                ready,
                SERVICES,
                PROXIES,
                empty,
                withServices,
                most,
                settled.residentMiB(),
                crowdMemory());
    }

    private Cluster.Usage discovery(String pod) throws IOException, InterruptedException {
        return cluster.usage(SYSTEM, pod, "discovery");
    }

    private String readyAfter(String pod) throws IOException, InterruptedException {
        JsonNode status =
                cluster.json("-n", SYSTEM, "get", "pod", pod, "-o", "json").path("status");
        Instant started = Instant.parse(status.path("containerStatuses")
                .path(0)
                .path("state")
                .path("running")
                .path("startedAt")
                .asString());
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asString().equals("ContainersReady")) {
                Instant ready =
                        Instant.parse(condition.path("lastTransitionTime").asString());
                return (ready.getEpochSecond() - started.getEpochSecond()) + " s";
            }
        }
        throw new IOException("pod " + pod + " has no condition ContainersReady");
    }

    private double crowdMemory() throws IOException, InterruptedException {
        List<Double> memory = new ArrayList<>();
        JsonNode pods = cluster.json("-n", Cluster.NAMESPACE, "get", "pods", "-l", "app=crowd", "-o", "json");
        for (JsonNode pod : pods.path("items")) {
            if (memory.size() < 5) {
                String name = pod.path("metadata").path("name").asString();
                memory.add(cluster.usage(Cluster.NAMESPACE, name, "istio-proxy").residentMiB());
            }
        }
        return PodStarts.median(memory);
    }

    private static void addService(StringBuilder out, int service) {
        out.append("""
                apiVersion: v1
                kind: Service
                metadata: {name: svc-%1$d, namespace: lateen-bench}
                spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: svc-%1$d-1, namespace: lateen-bench, labels: {kubernetes.io/service-name: svc-%1$d}}
                addressType: IPv4
                ports: [{name: http, port: 8080, protocol: TCP}]
                endpoints:
                """.formatted(service));
        for (int endpoint = 1; endpoint <= ENDPOINTS; endpoint++) {
            out.append("- {addresses: [10.")
                    .append(100 + service / 250)
                    .append('.')
                    .append(service % 250)
                    .append('.')
                    .append(endpoint)
                    .append("], conditions: {ready: true}}\n");
        }
        if (service % 2 == 0) {
            out.append("""
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: svc-%1$d, namespace: lateen-bench}
                    spec:
                      hosts: [svc-%1$d]
                      http:
                      - match: [{headers: {x-canary: {exact: "true"}}}]
                        route: [{destination: {host: svc-%1$d, subset: v2}}]
                      - route:
                        - {destination: {host: svc-%1$d, subset: v1}, weight: 90}
                        - {destination: {host: svc-%1$d, subset: v2}, weight: 10}
                        timeout: 5s
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: svc-%1$d, namespace: lateen-bench}
                    spec:
                      host: svc-%1$d
                      trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}
                      subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
                    """.formatted(service));
        }
        out.append("---\n");
    }
}
