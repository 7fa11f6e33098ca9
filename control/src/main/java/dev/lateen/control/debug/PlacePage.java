package dev.lateen.control.debug;

import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.dashboard.explain.Places;
import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `placez`: where a resource is written, or the first of some of its fields (`group`, `kind`, `namespace`, `name`, and
/// `fields` with commas between); or the RequestAuthentication of an `issuer`; or the PeerAuthentication that has the
/// workloads of the service `strict` take mutual TLS alone. An empty object where there is none.
///
/// Thread: any.
final class PlacePage {
    private static final JsonMapper JSON = new JsonMapper();

    private final Places places;

    PlacePage(Places places) {
        this.places = places;
    }

    JsonNode json(Map<String, String> query) {
        Optional<Place> found = find(query);
        ObjectNode json = JSON.createObjectNode();
        found.ifPresent(place -> json.put("resource", place.resource())
                .put("field", place.field())
                .put("line", place.line()));
        return json;
    }

    /// 0 for what is no line: nothing stands there.
    private static int line(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private Optional<Place> find(Map<String, String> query) {
        if (query.containsKey("issuer")) {
            return places.ofIssuer(query.get("issuer"), query.getOrDefault("namespace", ""));
        }
        if (query.containsKey("strict")) {
            return places.ofStrict(query.get("strict"));
        }
        if (query.containsKey("ingress")) {
            return places.ofIngress(query.get("ingress"), line(query.getOrDefault("at", "")));
        }
        ResourceKey key = new ResourceKey(
                query.getOrDefault("group", ""),
                query.getOrDefault("kind", ""),
                query.getOrDefault("namespace", ""),
                query.getOrDefault("name", ""));
        return places.find(key, List.of(query.getOrDefault("fields", "").split(",", -1)));
    }
}
