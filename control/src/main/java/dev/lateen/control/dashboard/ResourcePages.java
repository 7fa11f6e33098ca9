package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.dashboard.resource.AnnotatedYaml;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One resource with what is to be said about each of its lines. Thread: any.
final class ResourcePages {
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;

    ResourcePages(MeshView mesh) {
        this.mesh = mesh;
    }

    /// Empty where there is no such resource.
    Optional<JsonNode> one(Map<String, String> query) {
        ResourceKey key = new ResourceKey(
                query.getOrDefault("group", ""),
                query.getOrDefault("kind", ""),
                query.getOrDefault("namespace", ""),
                query.getOrDefault("name", ""));
        MeshView.Stored stored = mesh.stored();
        return stored.resources().stream()
                .filter(resource -> resource.key().equals(key))
                .findFirst()
                .map(resource -> json(resource, stored));
    }

    private JsonNode json(RawResource resource, MeshView.Stored stored) {
        List<Diagnostic> diagnostics = new ArrayList<>();
        Optional.ofNullable(stored.status().get(resource.key()))
                .ifPresent(status -> diagnostics.addAll(status.diagnostics()));
        var findings = mesh.findings();
        diagnostics.addAll(findings.references().getOrDefault(resource.key(), List.of()));
        for (UnsupportedFeature feature : findings.unsupported().getOrDefault(resource.key(), List.of())) {
            diagnostics.add(Diagnostic.warning("unsupported", feature.at(), feature.field(), "has no effect"));
        }
        ObjectNode json = JSON.createObjectNode()
                .put("apiVersion", resource.apiVersion())
                .put(
                        "origin",
                        resource.origin().file() + ":" + resource.origin().line());
        ArrayNode lines = json.putArray("lines");
        for (AnnotatedYaml.Line line : AnnotatedYaml.of(resource, diagnostics)) {
            ObjectNode one = lines.addObject().put("text", line.text());
            if (!line.notes().isEmpty()) {
                ArrayNode notes = one.putArray("notes");
                for (Diagnostic note : line.notes()) {
                    notes.addObject()
                            .put("severity", note.severity().word())
                            .put("message", note.summary())
                            .put("advice", note.advice())
                            .put("at", note.at().toString());
                }
            }
        }
        return json;
    }
}
