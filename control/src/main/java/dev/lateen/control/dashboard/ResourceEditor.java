package dev.lateen.control.dashboard;

import dev.lateen.control.dashboard.ResourceHome.Opened;
import dev.lateen.control.dashboard.ResourceHome.Outcome;
import dev.lateen.control.debug.MeshView;
import dev.lateen.dashboard.edit.DraftCheck;
import dev.lateen.dashboard.edit.DraftCheck.Draft;
import dev.lateen.dashboard.edit.DraftCheck.Verdict;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ResourceKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Opens resources where they come from, checks what is written, and saves it there. Each change is a line of the log.
///
/// Thread: any; may block.
final class ResourceEditor {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceEditor.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;
    private final ResourceHome home;
    private final boolean readOnly;

    ResourceEditor(MeshView mesh, ResourceHome home, boolean readOnly) {
        this.mesh = mesh;
        this.home = home;
        this.readOnly = readOnly;
    }

    /// @param status of HTTP
    record Answer(int status, JsonNode content) {}

    /// Who changes something.
    ///
    /// @param who by a token; empty where nobody asked for one
    /// @param from the caller's address
    record Author(String who, String from) {}

    /// Empty where there is no such resource, or none that is opened.
    Optional<JsonNode> open(Map<String, String> query) throws IOException {
        return home.open(key(JSON.valueToTree(query))).map(this::json);
    }

    /// What the mesh would say of a text.
    Answer check(JsonNode asked) throws IOException {
        return new Answer(200, verdict(verdict(asked, opened(key(asked), text(asked, "version")))));
    }

    /// Saves what has no error.
    Answer save(JsonNode asked, Author author) throws IOException {
        ResourceKey key = key(asked);
        if (readOnly) {
            return reason(403, "this dashboard only shows: it was started with --read-only");
        }
        Opened opened = opened(key, text(asked, "version"));
        Verdict verdict = verdict(asked, opened);
        if (!verdict.acceptable()) {
            return new Answer(422, verdict(verdict));
        }
        return switch (home.save(key, text(asked, "text"), text(asked, "version"))) {
            case Outcome.Saved(String version) -> {
                LOG.atInfo()
                        .addKeyValue("resource", key)
                        .addKeyValue("where", opened.file())
                        .addKeyValue("who", author.who().isEmpty() ? "whoever is on this machine" : author.who())
                        .addKeyValue("from", author.from())
                        .addKeyValue("before", opened.version())
                        .addKeyValue("after", version)
                        .log("a resource was changed through the dashboard");
                yield new Answer(200, JSON.createObjectNode().put("version", version));
            }
            case Outcome.Conflict(String reason, Optional<Opened> now) -> {
                ObjectNode json = JSON.createObjectNode().put("reason", reason);
                now.ifPresent(one -> json.set("now", json(one)));
                yield new Answer(409, json);
            }
            case Outcome.Refused(String reason) -> reason(403, reason);
        };
    }

    /// As it is now, or will be where it is new.
    private Opened opened(ResourceKey key, String version) throws IOException {
        Optional<Opened> known = version.equals("new") ? Optional.empty() : home.open(key);
        return known.isPresent() ? known.get() : home.fresh(key);
    }

    private Verdict verdict(JsonNode asked, Opened opened) {
        ResourceKey key = key(asked);
        DraftCheck check = new DraftCheck(mesh.snapshot().mesh().identity().rootNamespace());
        Set<ResourceKey> before = check.keys(new Draft(opened.text(), opened.file(), 1));
        return check.check(
                new Draft(text(asked, "text"), opened.file(), opened.firstLine()),
                before.isEmpty() ? Set.of(key) : before,
                mesh.stored().resources());
    }

    ObjectNode json(Opened opened) {
        ObjectNode json = JSON.createObjectNode()
                .put("text", opened.text())
                .put("file", opened.file())
                .put("firstLine", opened.firstLine())
                .put("version", opened.version())
                .put("command", opened.command());
        opened.locked()
                .or(() -> readOnly ? Optional.of("this dashboard only shows") : Optional.empty())
                .ifPresent(reason -> json.put("locked", reason));
        return json;
    }

    private static JsonNode verdict(Verdict verdict) {
        ObjectNode json = JSON.createObjectNode().put("acceptable", verdict.acceptable());
        json.set("diagnostics", diagnostics(verdict.findings()));
        return json;
    }

    private static ArrayNode diagnostics(List<Diagnostic> findings) {
        ArrayNode list = JSON.createArrayNode();
        for (Diagnostic one : findings) {
            list.addObject()
                    .put("severity", one.severity().word())
                    .put("line", one.at().line())
                    .put("column", one.at().column())
                    .put("text", one.toString())
                    .put("advice", one.advice());
        }
        return list;
    }

    private static Answer reason(int status, String reason) {
        return new Answer(status, JSON.createObjectNode().put("reason", reason));
    }

    static ResourceKey key(JsonNode asked) {
        return new ResourceKey(
                text(asked, "group"), text(asked, "kind"), text(asked, "namespace"), text(asked, "name"));
    }

    static String text(JsonNode json, String field) {
        return json.path(field).asString("");
    }
}
