package dev.lateen.control.cluster;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Brings what we say of a resource together with the status that it shows: conditions of others stay, and so do the
/// times of those of ours that have not changed.
///
/// Thread: any (pure functions).
final class StatusMerge {
    private static final Set<String> OURS = Set.of(StatusText.ACCEPTED, StatusText.ANALYSED);
    private static final String CHANGED = "lastTransitionTime";

    private StatusMerge() {}

    /// Whether the status says it already, but for times.
    static boolean says(ObjectNode shown, ObjectNode text) {
        ArrayNode ours = Trees.array();
        for (ObjectNode condition : Trees.objects(shown, "conditions")) {
            if (OURS.contains(Trees.text(condition, "type"))) {
                ObjectNode bare = condition.deepCopy();
                bare.remove(CHANGED);
                ours.add(bare);
            }
        }
        return ours.equals(text.get("conditions"))
                && Trees.objects(shown, "validationMessages").equals(Trees.objects(text, "validationMessages"))
                && Trees.text(shown, "observedGeneration").equals(Trees.text(text, "observedGeneration"));
    }

    /// What is to be laid over the status.
    static ObjectNode merged(ObjectNode shown, ObjectNode text, String now) {
        ObjectNode merged = text.deepCopy();
        ArrayNode conditions = Trees.array();
        List<ObjectNode> before = Trees.objects(shown, "conditions");
        for (ObjectNode condition : Trees.objects(merged, "conditions")) {
            String since = named(before, Trees.text(condition, "type"))
                    .filter(old -> Trees.text(old, "status").equals(Trees.text(condition, "status")))
                    .map(old -> Trees.text(old, CHANGED))
                    .filter(time -> !time.isEmpty())
                    .orElse(now);
            conditions.add(condition.put(CHANGED, since));
        }
        before.stream()
                .filter(condition -> !OURS.contains(Trees.text(condition, "type")))
                .forEach(conditions::add);
        merged.set("conditions", conditions);
        return merged;
    }

    static boolean isRefused(ObjectNode status) {
        return named(Trees.objects(status, "conditions"), StatusText.ACCEPTED)
                .filter(condition -> Trees.text(condition, "status").equals("False"))
                .isPresent();
    }

    /// Why it is refused.
    static String refusal(ObjectNode status) {
        return named(Trees.objects(status, "conditions"), StatusText.ACCEPTED)
                .map(condition -> Trees.text(condition, "message"))
                .orElse("");
    }

    private static Optional<ObjectNode> named(List<ObjectNode> conditions, String type) {
        return conditions.stream()
                .filter(condition -> Trees.text(condition, "type").equals(type))
                .findFirst();
    }
}
