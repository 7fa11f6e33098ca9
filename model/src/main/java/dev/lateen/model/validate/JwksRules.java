package dev.lateen.model.validate;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.List;

/// Rules for keys given in a policy itself. Thread: any. Source: RFC 7517.
final class JwksRules {
    private static final List<String> PRIVATE_FIELDS = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
    private static final YamlLimits LIMITS = new YamlLimits(1024 * 1024, 20, 100_000, 1);

    private JwksRules() {}

    static void check(Report report, Spot spot) {
        // Keys may be private by mistake: they are not repeated in messages.
        Spot quiet = new Spot(spot.at(), spot.path(), "");
        List<YamlDocument> documents = new YamlReader(LIMITS).read(spot.value(), "jwks");
        boolean json = spot.value().strip().startsWith("{");
        if (!json
                || documents.size() != 1
                || !(documents.getFirst() instanceof YamlDocument.Read(Mapping root, var _))) {
            report.error(quiet, "bad-format", "not a JSON Web Key Set", "{\"keys\": […]}");
            return;
        }
        Fields set = new Fields(root);
        List<Fields> keys = set.objects("keys", key -> key);
        if (!set.has("keys") && !set.has("kty")) {
            report.error(quiet, "bad-format", "key set has no keys", "{\"keys\": […]}");
        }
        for (int index = 0; index < keys.size(); index++) {
            Fields key = keys.get(index);
            if (key.text("kty", "").isEmpty()) {
                report.error(quiet, "bad-format", "key " + index + " has no type", "kty");
            }
            boolean secret = PRIVATE_FIELDS.stream().anyMatch(key::has);
            if (secret) {
                report.warning(
                        quiet,
                        "secret-exposed",
                        "key " + index + " is private, but only its public part is needed",
                        "remove the private fields, and replace the key");
            }
        }
    }
}
