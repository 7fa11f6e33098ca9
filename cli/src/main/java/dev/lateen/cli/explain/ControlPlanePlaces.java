package dev.lateen.cli.explain;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.dashboard.explain.Places;
import dev.lateen.model.resource.ResourceKey;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Asks control planes where resources are written. Those that do not answer, or do not know the question (Istio's
/// own),
/// know no places.
///
/// Thread: one; blocks.
public final class ControlPlanePlaces implements Places {
    private final List<ControlPlaneAddress> controlPlanes;

    public ControlPlanePlaces(List<ControlPlaneAddress> controlPlanes) {
        this.controlPlanes = List.copyOf(controlPlanes);
    }

    @Override
    public Optional<Place> find(ResourceKey key, List<String> fields) {
        return ask("group=" + key.group() + "&kind=" + encoded(key.kind()) + "&namespace=" + encoded(key.namespace())
                + "&name=" + encoded(key.name()) + "&fields=" + encoded(String.join(",", fields)));
    }

    @Override
    public Optional<Place> ofIssuer(String issuer, String namespace) {
        return ask("issuer=" + encoded(issuer) + "&namespace=" + encoded(namespace));
    }

    @Override
    public Optional<Place> ofStrict(String host) {
        return ask("strict=" + encoded(host));
    }

    @Override
    public Optional<Place> ofIngress(String file, int line) {
        return ask("ingress=" + encoded(file) + "&at=" + line);
    }

    private Optional<Place> ask(String query) {
        for (ControlPlaneAddress one : controlPlanes) {
            try {
                JsonNode answer = Json.read(one.debug().get("/debug/placez?" + query));
                if (answer.has("line")) {
                    return Optional.of(new Place(
                            Json.text(answer, "resource"), Json.text(answer, "field"), Json.text(answer, "line")));
                }
            } catch (IOException | JacksonException _) {
                // Another may know; without any, the proxy's own metadata still name the resource.
            }
        }
        return Optional.empty();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
