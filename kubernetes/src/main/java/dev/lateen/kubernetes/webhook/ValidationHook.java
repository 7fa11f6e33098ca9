package dev.lateen.kubernetes.webhook;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Answers what an API server asks about new and changed resources of the mesh: an error refuses the object, warnings
/// go back to whoever sent it. What the resource says about others is not looked at: these may come later. Thread: any.
public final class ValidationHook {
    /// What an API server passes on to the user; longer and later ones it cuts by itself.
    private static final int MOST_WARNINGS = 16;

    private static final int UNPROCESSABLE = 422;
    private static final List<String> UNINTERESTING = List.of("managedFields", "selfLink");

    private final ResourceReader reader = ResourceReader.create();

    /// @return an admission review in JSON
    public String answer(AdmissionRequest request) {
        return answer(request, WebhookListener.NONE);
    }

    /// @param listener hears whether the resource is taken
    String answer(AdmissionRequest request, WebhookListener listener) {
        ObjectNode object = request.object().deepCopy();
        if (request.operation().equals("DELETE") || object.isEmpty() || isLeaving(object)) {
            return request.allow();
        }
        Trees.into(object, "metadata").remove(UNINTERESTING);
        List<Diagnostic> found = new ArrayList<>();
        for (ParsedResource parsed : reader.read(object.toString(), name(object))) {
            found.addAll(parsed.diagnostics());
        }
        List<String> errors = found.stream()
                .filter(Diagnostic::isError)
                .map(ValidationHook::line)
                .toList();
        listener.validation(Trees.text(object, "kind"), errors.isEmpty());
        if (!errors.isEmpty()) {
            return request.refuse(
                    UNPROCESSABLE,
                    "Invalid",
                    name(object) + ": " + errors.stream().collect(Collectors.joining("; ")));
        }
        return request.allow(
                found.stream().map(ValidationHook::line).limit(MOST_WARNINGS).toList());
    }

    /// An object that waits for its finalizers only: to refuse its update would keep it forever.
    private static boolean isLeaving(ObjectNode object) {
        return Trees.has(object, "metadata", "deletionTimestamp");
    }

    private static String name(ObjectNode object) {
        return Trees.text(object, "kind") + " " + Trees.text(object, "metadata", "name");
    }

    /// The place in a text that nobody wrote says nothing: the field's path has to do.
    private static String line(Diagnostic found) {
        return found.summary() + (found.advice().isEmpty() ? "" : ", " + found.advice());
    }
}
