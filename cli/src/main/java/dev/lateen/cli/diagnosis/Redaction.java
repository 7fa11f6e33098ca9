package dev.lateen.cli.diagnosis;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes out of texts and objects what nobody but their owners may know: private keys, tokens, passwords, what Secrets
/// hold. It looks at what things look like, and at the names of fields: a secret that looks like nothing in particular,
/// in a field whose name says nothing, stays.
///
/// Thread: any.
public final class Redaction {
    private static final String GONE = "[redacted]";
    /// Also one whose end is cut off. Loops over single characters only: others recurse, once for each character.
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:\\s*(?:Proc-Type|DEK-Info): [^\\n]{0,200}){0,3}"
                    + "[A-Za-z0-9+/=\\s\\\\]*+(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?");
    /// The same within base64, as Secrets and kubeconfigs have it: "-----BEGIN" at each of three alignments.
    private static final Pattern ENCODED_KEY =
            Pattern.compile("(?:LS0tLS1CRUdJTi|0tLS0tQkVHSU4g|tLS0tLUJFR0lOI)[A-Za-z0-9+/=\\\\\\n]{40,}");
    private static final Pattern TOKEN =
            Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?");
    private static final Pattern BEARER = Pattern.compile("(?i)(bearer|basic) [A-Za-z0-9+/=._~-]{6,}");
    private static final Pattern ASSIGNED = Pattern.compile(
            "(?i)(\"?[A-Za-z0-9_.-]{0,60}(?:password|passwd|secret_?key|api_?key|access_?key|client_?secret)[A-Za-z0-9_.-]{0,60}\"?\\s*[=:]\\s*)"
                    + "(\"(?!\\[redacted)[^\"\\n]+\"|[^\\s,;\"{}\\[]+)");
    private static final Pattern CREDENTIALS = Pattern.compile("(://[^\\s/:@]{1,200}):[^\\s/@]{1,200}@");
    /// Names of fields and environment variables whose values are nobody's business.
    private static final Pattern PRIVATE_NAME = Pattern.compile(
            "(?i).*(password|passwd|private_?key|secret_?key|api_?key|access_?key|client_?secret|inline_?bytes|inlinestring|(^|_)token).*");
    /// Which end so and hold no secret.
    private static final Set<String> HARMLESS = Set.of("credentialname", "tokenpath", "tokenaudience");

    private Redaction() {}

    /// Of any text.
    public static String of(String text) {
        String clean = PRIVATE_KEY.matcher(text).replaceAll(GONE + " private key");
        clean = ENCODED_KEY.matcher(clean).replaceAll(GONE);
        clean = TOKEN.matcher(clean).replaceAll(GONE + " token");
        clean = BEARER.matcher(clean).replaceAll("$1 " + GONE);
        clean = CREDENTIALS.matcher(clean).replaceAll("$1:" + GONE + "@");
        return ASSIGNED.matcher(clean).replaceAll("$1\"" + GONE + "\"");
    }

    /// Of an object of Kubernetes. Of Secrets the names of their entries stay.
    public static JsonNode of(JsonNode object) {
        JsonNode copy = object.deepCopy();
        if (copy instanceof ObjectNode fields) {
            if (fields.path("kind").asString("").equals("Secret")) {
                blank(fields, "data");
                blank(fields, "stringData");
            }
            if (fields.path("metadata") instanceof ObjectNode metadata) {
                metadata.remove("managedFields");
                if (metadata.path("annotations") instanceof ObjectNode annotations) {
                    // The same object once more, in a string.
                    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
                }
            }
        }
        walk(copy);
        return copy;
    }

    private static void blank(ObjectNode object, String field) {
        if (object.path(field) instanceof ObjectNode data) {
            data.properties().forEach(one -> data.put(one.getKey(), GONE));
        }
    }

    private static void walk(JsonNode node) {
        if (node instanceof ArrayNode items) {
            items.forEach(Redaction::walk);
        } else if (node instanceof ObjectNode fields) {
            environment(fields);
            for (var one : java.util.List.copyOf(fields.properties())) {
                JsonNode value = one.getValue();
                if (value.isString()) {
                    fields.put(one.getKey(), isPrivate(one.getKey()) ? GONE : of(value.asString()));
                } else {
                    walk(value);
                }
            }
        }
    }

    /// A container's `{name: DB_PASSWORD, value: …}`.
    private static void environment(ObjectNode fields) {
        if (isPrivate(fields.path("name").asString("")) && fields.path("value").isString()) {
            fields.put("value", GONE);
        }
    }

    private static boolean isPrivate(String name) {
        return PRIVATE_NAME.matcher(name).matches() && !HARMLESS.contains(name.toLowerCase(Locale.ROOT));
    }
}
