package dev.lateen.kubernetes.webhook;

import dev.lateen.kubernetes.tree.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an API server asks about one object. Source: Kubernetes `admission.k8s.io/v1` (`v1beta1` reads alike).
///
/// @param apiVersion of the review: the answer has the same
/// @param operation `CREATE`, `UPDATE`, `DELETE` or `CONNECT`
/// @param object as it would be stored; empty when it is deleted
public record AdmissionRequest(
        String apiVersion, String uid, String namespace, String operation, boolean dryRun, ObjectNode object) {

    /// Empty where the text is no admission review.
    public static Optional<AdmissionRequest> read(String json) {
        return Trees.parseObject(json)
                .filter(review -> Trees.text(review, "kind").equals("AdmissionReview"))
                .filter(review -> Trees.has(review, "request", "uid"))
                .map(AdmissionRequest::of);
    }

    private static AdmissionRequest of(ObjectNode review) {
        JsonNode request = review.path("request");
        return new AdmissionRequest(
                Trees.text(review, "apiVersion"),
                Trees.text(request, "uid"),
                Trees.text(request, "namespace"),
                Trees.text(request, "operation"),
                Trees.flag(request, "dryRun"),
                request.path("object") instanceof ObjectNode object ? object : Trees.object());
    }

    public String allow() {
        return answer(Trees.object("uid", uid, "allowed", true)).toString();
    }

    /// @param warnings shown to whoever sent the object; at most as many as fit into an API server's answer
    public String allow(List<String> warnings) {
        return answer(Trees.object("uid", uid, "allowed", true, "warnings", Trees.array(warnings)))
                .toString();
    }

    /// Allows the object with changes.
    String allow(ArrayNode patch) {
        String encoded = Base64.getEncoder().encodeToString(patch.toString().getBytes(StandardCharsets.UTF_8));
        return answer(Trees.object("uid", uid, "allowed", true, "patchType", "JSONPatch", "patch", encoded))
                .toString();
    }

    public String refuse(int status, String reason, String message) {
        return answer(Trees.object(
                        "uid",
                        uid,
                        "allowed",
                        false,
                        "status",
                        Trees.object("code", status, "reason", reason, "message", message)))
                .toString();
    }

    private ObjectNode answer(ObjectNode response) {
        return Trees.object("apiVersion", apiVersion, "kind", "AdmissionReview", "response", response);
    }
}
