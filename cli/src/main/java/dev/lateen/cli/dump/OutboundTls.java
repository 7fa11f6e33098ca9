package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What a proxy sends to a cluster: its TLS, and the endpoints that it knows.
///
/// @param mode `ISTIO_MUTUAL`, `MUTUAL`, `SIMPLE`, `DISABLE`, or `AUTO` where each endpoint decides
/// @param rule `name/namespace` of the destination rule, empty for none
/// @param ruleAt its `file:line`, empty where the cluster does not tell
record OutboundTls(String mode, String rule, String ruleAt, List<Target> targets) {
    private static final String TLS = "UpstreamTlsContext";

    /// @param mutual whether the endpoint takes mutual TLS where it decides
    record Target(String address, int port, boolean mutual) {}

    static OutboundTls of(ConfigDump dump, JsonNode cluster) {
        JsonNode lateen = Json.at(cluster, "metadata", "filterMetadata", "lateen");
        String path = Json.text(cluster, "metadata", "filterMetadata", "istio", "config");
        List<String> parts = List.of(path.split("/", -1));
        boolean ruled = parts.size() >= 8 && parts.get(6).equals("destination-rule");
        String file = lateen.path("file").asString("");
        return new OutboundTls(
                mode(cluster, ruled),
                ruled ? parts.get(7) + "/" + parts.get(5) : "",
                ruled && !file.isEmpty() ? file + ":" + lateen.path("line").asInt(0) : "",
                targets(dump, cluster));
    }

    private static String mode(JsonNode cluster, boolean ruled) {
        if (!Json.items(cluster, "transportSocketMatches").isEmpty()) {
            return "AUTO";
        }
        JsonNode socket = Json.at(cluster, "transportSocket", "typedConfig");
        JsonNode inner =
                socket.path("transportSocket").isObject() ? Json.at(socket, "transportSocket", "typedConfig") : socket;
        if (!inner.path("@type").asString("").endsWith(TLS)) {
            return "DISABLE";
        }
        JsonNode common = inner.path("commonTlsContext");
        List<JsonNode> own = Json.items(common, "tlsCertificateSdsSecretConfigs");
        if (own.stream().anyMatch(one -> one.path("name").asString("").equals("default"))) {
            return ruled ? "ISTIO_MUTUAL" : "AUTO";
        }
        return own.isEmpty() && Json.items(common, "tlsCertificates").isEmpty() ? "SIMPLE" : "MUTUAL";
    }

    private static List<Target> targets(ConfigDump dump, JsonNode cluster) {
        String name = cluster.path("name").asString("");
        String served = Json.text(cluster, "edsClusterConfig", "serviceName");
        List<Target> found = new ArrayList<>();
        Stream<JsonNode> assignments = Stream.concat(
                Stream.of(cluster.path("loadAssignment")),
                dump.endpoints().stream().filter(one -> {
                    String of = one.path("clusterName").asString("");
                    return of.equals(name) || (!served.isEmpty() && of.equals(served));
                }));
        assignments
                .flatMap(assignment -> Json.items(assignment, "endpoints").stream())
                .flatMap(locality -> Json.items(locality, "lbEndpoints").stream())
                .forEach(one -> {
                    JsonNode address = Json.at(one, "endpoint", "address");
                    String mode =
                            Json.text(one, "metadata", "filterMetadata", "envoy.transport_socket_match", "tlsMode");
                    Target target = new Target(Addresses.host(address), Addresses.port(address), mode.equals("istio"));
                    if (!found.contains(target)) {
                        found.add(target);
                    }
                });
        return found;
    }

    /// What an endpoint gets to see: `mutual TLS`, `TLS` or `plaintext`.
    String sends(Target target) {
        return switch (mode) {
            case "AUTO" -> target.mutual() ? "mutual TLS" : "plaintext";
            case "ISTIO_MUTUAL" -> "mutual TLS";
            case "DISABLE" -> "plaintext";
            default -> "TLS";
        };
    }
}
