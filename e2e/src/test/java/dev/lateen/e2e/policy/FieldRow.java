package dev.lateen.e2e.policy;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// One field of an API, what is written with it, and what callers get then. Tables of them are YAML; a rule or the
/// rules for tokens may stand there for themselves, and become a policy of the workload.
///
/// @param field its name, and how it is used
/// @param resources as YAML
/// @param gateway whether a gateway is asked, not a workload's sidecar
record FieldRow(String field, String resources, boolean gateway, List<FieldCall> calls) {
    private static final List<String> ACTIONS = List.of("ALLOW", "DENY", "AUDIT", "CUSTOM");
    private static final YamlLimits LIMITS = new YamlLimits(1024 * 1024, 20, 100_000, 1);

    /// @param file a resource beside this class
    /// @param more what every row has besides
    static List<FieldRow> read(String file, String more) throws IOException {
        try (InputStream in = Objects.requireNonNull(FieldRow.class.getResourceAsStream(file), file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (YamlDocument document : new YamlReader(LIMITS).read(text, file)) {
                if (document instanceof YamlDocument.Read(Mapping root, var _)) {
                    return new Fields(root).objects("rows", row -> of(row, more));
                }
                throw new AssertionError(file + ": " + document);
            }
        }
        throw new AssertionError(file + " is empty");
    }

    private static FieldRow of(Fields in, String more) {
        StringBuilder resources = new StringBuilder(more);
        for (String action : ACTIONS) {
            in.text(action.toLowerCase(java.util.Locale.ROOT))
                    .ifPresent(rule -> resources.append(policy(in, action, rule)));
        }
        in.text("jwt").ifPresent(rules -> resources.append(authentication(rules)));
        in.text("resources").ifPresent(text -> resources.append("\n---\n").append(text));
        List<FieldCall> calls = new ArrayList<>();
        calls.addAll(in.objects("serves", call -> FieldCall.of(call, 200)));
        calls.addAll(in.objects("refuses", call -> FieldCall.of(call, 403)));
        if (calls.isEmpty()) {
            throw new AssertionError(in.at() + ": no calls");
        }
        return new FieldRow(in.text("field", ""), resources.toString(), in.flag("gateway"), calls);
    }

    private static String policy(Fields in, String action, String rule) {
        return """

                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: row-%s, namespace: default%s}
                spec: {selector: {matchLabels: {app: shop}}, action: %s%s, rules: [{%s}]}
                """.formatted(
                        action.toLowerCase(java.util.Locale.ROOT),
                        in.text("annotations")
                                .map(text -> ", annotations: {" + text + "}")
                                .orElse(""),
                        action,
                        action.equals("CUSTOM") ? ", provider: {name: " + in.text("provider", "") + "}" : "",
                        rule);
    }

    private static String authentication(String rules) {
        return """

                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: row, namespace: default}
                spec: {selector: {matchLabels: {app: shop}}, jwtRules: [%s]}
                """.formatted(rules);
    }

    /// The row with something else in place of a word.
    FieldRow with(String word, String text) {
        return new FieldRow(field, resources.replace(word, text), gateway, calls);
    }

    @Override
    public String toString() {
        return field;
    }
}
