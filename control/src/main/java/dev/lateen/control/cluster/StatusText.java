package dev.lateen.control.cluster;

import dev.lateen.control.store.ResourceStatus;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.istio.UnsupportedFeature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a resource's `status` says of it: the conditions `Accepted` and `PassedAnalysis`, and each finding in
/// `validationMessages`, of the form that Istio gives them. Messages name the field, what stands there, what may, and
/// what to do.
///
/// Limits: 20 messages of 1,024 characters.
///
/// Thread: any (pure functions).
final class StatusText {
    static final String ACCEPTED = "Accepted";
    static final String ANALYSED = "PassedAnalysis";
    private static final int MOST = 20;
    private static final int LONGEST = 1024;

    private StatusText() {}

    /// All of it but the times.
    ///
    /// @param generation of the resource that this is about
    static ObjectNode of(
            long generation,
            ResourceStatus verdict,
            List<Diagnostic> references,
            List<UnsupportedFeature> unsupported) {
        List<Diagnostic> all = new ArrayList<>(verdict.diagnostics());
        all.addAll(references);
        for (UnsupportedFeature feature : unsupported) {
            all.add(Diagnostic.warning(
                    "no-effect", feature.at(), feature.field(), "is not supported yet and has no effect"));
        }
        ArrayNode messages = Trees.array();
        all.stream().distinct().limit(MOST).forEach(found -> messages.add(message(found)));
        return Trees.object(
                "observedGeneration",
                generation,
                "conditions",
                Trees.array(accepted(verdict), analysed(all)),
                "validationMessages",
                messages);
    }

    private static ObjectNode accepted(ResourceStatus verdict) {
        String first = verdict.diagnostics().stream()
                .filter(Diagnostic::isError)
                .findFirst()
                .map(StatusText::text)
                .orElse("");
        return switch (verdict.verdict()) {
            case ACCEPTED -> condition(ACCEPTED, true, "Accepted", "it is in force as written");
            case LAST_GOOD_KEPT ->
                condition(ACCEPTED, false, "LastGoodKept", "an earlier version stays in force: " + first);
            case REFUSED -> condition(ACCEPTED, false, "Refused", first);
            case DUPLICATE -> condition(ACCEPTED, false, "Duplicate", first);
        };
    }

    private static ObjectNode analysed(List<Diagnostic> all) {
        long errors = all.stream().filter(Diagnostic::isError).count();
        long warnings = all.stream()
                .filter(found -> found.severity() == Severity.WARNING)
                .count();
        if (errors + warnings == 0) {
            return condition(ANALYSED, true, "NothingFound", "nothing is wrong with it");
        }
        return condition(
                ANALYSED,
                false,
                errors > 0 ? "ErrorsFound" : "WarningsFound",
                errors + " errors and " + warnings + " warnings: see validationMessages");
    }

    private static ObjectNode condition(String type, boolean holds, String reason, String message) {
        return Trees.object(
                "type", type, "status", holds ? "True" : "False", "reason", reason, "message", cut(message));
    }

    private static ObjectNode message(Diagnostic found) {
        return Trees.object(
                "type",
                Trees.object("name", capitalized(found.code()), "code", found.code()),
                "level",
                found.severity().name(),
                "message",
                cut(text(found)));
    }

    private static String text(Diagnostic found) {
        return found.advice().isEmpty() ? found.summary() : found.summary() + " – " + found.advice();
    }

    /// `unknown-field` → `UnknownField`.
    private static String capitalized(String code) {
        StringBuilder name = new StringBuilder(code.length());
        for (String word : code.split("-", -1)) {
            if (!word.isEmpty()) {
                name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        return name.toString();
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
