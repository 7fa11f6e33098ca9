package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The debug pages of control planes, those of all replicas joined. Thread: any.
///
/// @param sync `syncz`: a row for each connected proxy
/// @param configuration `configz`: the resources in force
/// @param status `statusz`: what became of each resource
/// @param authentication `authenticationz`: what each proxy demands of its clients
/// @param trouble why they could not be asked; empty where they were
public record MeshPages(
        List<JsonNode> sync,
        List<JsonNode> configuration,
        List<JsonNode> status,
        List<JsonNode> authentication,
        String trouble) {
    /// Nobody answered.
    public static MeshPages silent(String trouble) {
        return new MeshPages(List.of(), List.of(), List.of(), List.of(), trouble);
    }

    Optional<JsonNode> syncOf(String proxy) {
        return sync.stream()
                .filter(one -> Json.text(one, "proxy").equals(proxy))
                .findFirst();
    }

    /// The mode that a proxy demands at a port, with the policy that says so where one does.
    Optional<JsonNode> authenticationOf(String proxy, int port) {
        List<JsonNode> ports = authentication.stream()
                .filter(one -> Json.text(one, "proxy").equals(proxy))
                .flatMap(one -> Json.items(one, "ports").stream())
                .toList();
        return ports.stream()
                .filter(one -> one.path("port").asInt(-1) == port)
                .findFirst()
                .or(() -> ports.stream()
                        .filter(one -> one.path("port").asInt(-1) == 0)
                        .findFirst());
    }

    /// Resources of one kind.
    List<JsonNode> ofKind(String kind) {
        return configuration.stream()
                .filter(one -> Json.text(one, "kind").equals(kind))
                .toList();
    }

    /// The authorization policies that a proxy carries out.
    List<JsonNode> authorizationOf(String proxy) {
        List<String> names = status.stream()
                .filter(one -> Json.text(one, "kind").equals("AuthorizationPolicy"))
                .filter(one -> Json.items(one, "carriedBy").stream()
                        .anyMatch(name -> name.asString("").equals(proxy)))
                .map(one -> Json.text(one, "name") + "/" + Json.text(one, "namespace"))
                .toList();
        return ofKind("AuthorizationPolicy").stream()
                .filter(one -> names.contains(named(one)))
                .toList();
    }

    /// What `statusz` says of a resource of `configz`.
    Optional<JsonNode> statusOf(JsonNode resource) {
        return status.stream()
                .filter(one -> Json.text(one, "kind").equals(Json.text(resource, "kind"))
                        && (Json.text(one, "name") + "/" + Json.text(one, "namespace")).equals(named(resource)))
                .findFirst();
    }

    /// `name/namespace`.
    static String named(JsonNode resource) {
        return Json.text(resource, "metadata", "name") + "/" + Json.text(resource, "metadata", "namespace");
    }

    /// `name.namespace`, and where it was written, if that is a file.
    static String shown(JsonNode resource) {
        String origin = Json.text(resource, "origin");
        String place = origin.replaceFirst(":\\d+$", "");
        return Json.text(resource, "metadata", "name") + "." + Json.text(resource, "metadata", "namespace")
                + (place.isEmpty() ? "" : " at " + place);
    }
}
