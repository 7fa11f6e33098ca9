package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What the NetworkPolicies of a namespace do to one pod. Peers by address are taken for a match: whose they are is not
/// known here.
///
/// Source: networking.k8s.io/v1 NetworkPolicy. Thread: any.
final class NetworkPolicies {
    private final List<JsonNode> mine;

    private NetworkPolicies(List<JsonNode> mine) {
        this.mine = mine;
    }

    /// The other end of a connection.
    record Peer(Map<String, String> namespaceLabels, Map<String, String> labels, boolean sameNamespace) {}

    static NetworkPolicies of(List<? extends JsonNode> all, PodFacts pod) {
        return new NetworkPolicies(all.stream()
                .filter(one -> Selectors.refusal(Json.at(one, "spec", "podSelector"), pod.labels())
                        .isEmpty())
                .map(one -> (JsonNode) one)
                .toList());
    }

    boolean none() {
        return mine.isEmpty();
    }

    String names() {
        return mine.stream()
                .map(one -> Json.text(one, "metadata", "name"))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /// The policies by which nobody at all gets to a port; empty where somebody does.
    Optional<String> closedTo(int port) {
        List<JsonNode> ingress = of("Ingress");
        boolean open = ingress.isEmpty()
                || ingress.stream()
                        .flatMap(one -> Json.items(one, "spec", "ingress").stream())
                        .anyMatch(rule -> hasPort(rule, port, "TCP"));
        return open ? Optional.empty() : Optional.of(names(ingress));
    }

    /// The policies by which the pod does not get to a port of a peer; empty where it does.
    Optional<String> keepsFrom(Peer peer, int port, String protocol) {
        List<JsonNode> egress = of("Egress");
        boolean open = egress.isEmpty()
                || egress.stream()
                        .flatMap(one -> Json.items(one, "spec", "egress").stream())
                        .anyMatch(rule -> hasPort(rule, port, protocol) && hasPeer(rule, peer));
        return open ? Optional.empty() : Optional.of(names(egress));
    }

    /// A policy that names no types is for ingress, and for egress where it has rules for it.
    private List<JsonNode> of(String type) {
        return mine.stream()
                .filter(one -> {
                    List<JsonNode> types = Json.items(one, "spec", "policyTypes");
                    return types.isEmpty()
                            ? type.equals("Ingress") || one.path("spec").has("egress")
                            : types.stream()
                                    .anyMatch(named -> named.asString("").equals(type));
                })
                .toList();
    }

    private static boolean hasPort(JsonNode rule, int port, String protocol) {
        List<JsonNode> ports = Json.items(rule, "ports");
        return ports.isEmpty()
                || ports.stream().anyMatch(one -> {
                    boolean sameProtocol =
                            Json.at(one, "protocol").asString("TCP").equals(protocol);
                    JsonNode first = one.path("port");
                    int last = one.path("endPort").asInt(first.asInt(0));
                    // A port by name may be any: the pod's containers say which.
                    boolean in = first.isMissingNode() || first.isString() || (port >= first.asInt(0) && port <= last);
                    return sameProtocol && in;
                });
    }

    private static boolean hasPeer(JsonNode rule, Peer peer) {
        List<JsonNode> peers = Json.items(rule, "to");
        return peers.isEmpty()
                || peers.stream().anyMatch(one -> {
                    if (one.has("ipBlock")) {
                        return true;
                    }
                    boolean namespace = one.has("namespaceSelector")
                            ? Selectors.refusal(one.path("namespaceSelector"), peer.namespaceLabels())
                                    .isEmpty()
                            : peer.sameNamespace();
                    return namespace
                            && Selectors.refusal(one.path("podSelector"), peer.labels())
                                    .isEmpty();
                });
    }

    private static String names(List<JsonNode> policies) {
        return policies.stream()
                .map(one -> Json.text(one, "metadata", "name"))
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
