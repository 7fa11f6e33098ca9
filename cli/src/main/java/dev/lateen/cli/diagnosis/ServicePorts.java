package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a Service's ports mean for one of its pods. Thread: any.
final class ServicePorts {
    private static final Set<String> PROTOCOLS =
            Set.of("http", "http2", "grpc", "grpc-web", "https", "tls", "tcp", "udp", "mongo", "mysql", "redis");

    private ServicePorts() {}

    /// The Services that select a pod.
    static List<JsonNode> of(List<? extends JsonNode> services, PodFacts pod) {
        return services.stream()
                .filter(one -> Selectors.selects(Json.at(one, "spec", "selector"), pod.labels()))
                .map(one -> (JsonNode) one)
                .toList();
    }

    /// What the mesh takes a port for: by `appProtocol`, else by the name up to its first hyphen; empty where neither
    /// says anything, which means TCP, or HTTP where the first bytes look like it.
    static String protocol(JsonNode port) {
        String named = Json.text(port, "appProtocol").toLowerCase(Locale.ROOT);
        String word = named.isEmpty() ? Json.text(port, "name").toLowerCase(Locale.ROOT) : named;
        if (word.equals("kubernetes.io/h2c")) {
            return "HTTP2";
        }
        String prefix = word.startsWith("grpc-web") ? "grpc-web" : word.replaceFirst("-.*$", "");
        return PROTOCOLS.contains(prefix) ? prefix.toUpperCase(Locale.ROOT) : "";
    }

    /// The pod's port that a Service's port leads to; empty where it is a name that no container has.
    static Optional<Integer> target(JsonNode port, PodFacts pod) {
        JsonNode target = port.path("targetPort");
        if (target.isString() && !target.asString().matches("\\d+")) {
            return pod.containers()
                    .flatMap(one -> Json.items(one, "ports").stream())
                    .filter(one -> Json.text(one, "name").equals(target.asString()))
                    .map(one -> one.path("containerPort").asInt(0))
                    .findFirst();
        }
        int number = target.isMissingNode() || (target.asInt(0) == 0 && !target.isString())
                ? port.path("port").asInt(0)
                : target.isString() ? Integer.parseInt(target.asString()) : target.asInt(0);
        return Optional.of(number);
    }

    /// Whether a container says that it listens there; one that names no ports at all may listen anywhere.
    static boolean isDeclared(PodFacts pod, int port) {
        List<JsonNode> declared = pod.containers()
                .filter(one -> !Json.text(one, "name").equals(PodFacts.SIDECAR))
                .flatMap(one -> Json.items(one, "ports").stream())
                .toList();
        return declared.isEmpty()
                || declared.stream().anyMatch(one -> one.path("containerPort").asInt(0) == port);
    }
}
