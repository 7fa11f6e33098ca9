package dev.lateen.cli.diagnosis;

import java.util.List;
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
    private static final String SECRET_WORDS =
            "password|passwd|passphrase|(?:secret|api|access|private)[_-]?key|client[_-]?secret";
    private static final Pattern ASSIGNED = Pattern.compile("(?i)(\"?[A-Za-z0-9_.-]{0,60}(?:" + SECRET_WORDS
            + ")[A-Za-z0-9_.-]{0,60}\"?[ \\t]*[=:][ \\t]*)" + "(\"(?!\\[redacted)[^\"\\n]+\"|[^\\s,;\"{}\\[]+)");
    /// A header whose value is a credential whatever it looks like, at the end of a line or of a string.
    private static final Pattern HEADER = Pattern.compile(
            "(?i)(?<![A-Za-z0-9_.-])(\"?(?:proxy-)?(?:authorization|(?:set-)?cookie)\"?[ \\t]*[=:][ \\t]*)"
                    + "(\"(?!\\[redacted)[^\"\\n]+\"|[^\\s\"\\[{][^\"\\n]*)");
    private static final Pattern QUERY =
            Pattern.compile("(?i)([?&][^=&\\s\"]{0,60}(?:token|secret|signature|code)[^=&\\s\"]{0,60}=)[^&\\s\"]+");
    /// Of values that something private has, or is compared with.
    private static final Set<String> CONDITIONS =
            Set.of("value", "raw_value", "rawValue", "exact", "prefix", "suffix", "contains", "regex");
    private static final Pattern CREDENTIALS = Pattern.compile("(://[^\\s/:@]{1,200}):[^\\s/@]{1,200}@");
    /// Names of fields and environment variables whose values are nobody's business.
    private static final Pattern PRIVATE_NAME = Pattern.compile("(?i).*(" + SECRET_WORDS
            + "|inline_?bytes|inlinestring|(^|[_-])token|(proxy-)?authorization$|cookie$).*|.*[_-]?token");
    /// Which are called so and hold no secret.
    private static final Set<String> HARMLESS = Set.of(
            "credentialname",
            "tokenpath",
            "tokenaudience",
            "forwardoriginaltoken",
            "automountserviceaccounttoken",
            "token_bucket",
            "tokenbucket");

    private Redaction() {}

    /// Of any text.
    public static String of(String text) {
        String clean = PRIVATE_KEY.matcher(text).replaceAll(GONE + " private key");
        clean = ENCODED_KEY.matcher(clean).replaceAll(GONE);
        clean = TOKEN.matcher(clean).replaceAll(GONE + " token");
        clean = BEARER.matcher(clean).replaceAll("$1 " + GONE);
        clean = CREDENTIALS.matcher(clean).replaceAll("$1:" + GONE + "@");
        clean = QUERY.matcher(clean).replaceAll("$1" + GONE);
        clean = HEADER.matcher(clean).replaceAll("$1\"" + GONE + "\"");
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
            pair(fields);
            for (var one : List.copyOf(fields.properties())) {
                JsonNode value = one.getValue();
                if (value.isString()) {
                    fields.put(one.getKey(), isPrivate(one.getKey()) ? GONE : of(value.asString()));
                } else {
                    if (isPrivate(one.getKey())) {
                        conditions(value);
                    }
                    walk(value);
                }
            }
        }
    }

    /// A container's `{name: DB_PASSWORD, value: …}`, a configuration's `{key: authorization, value: …}`.
    private static void pair(ObjectNode fields) {
        boolean named = isPrivate(fields.path("name").asString(""))
                || isPrivate(fields.path("key").asString(""));
        if (named) {
            conditions(fields);
        }
    }

    /// Values that something private has, or is compared with.
    private static void conditions(JsonNode of) {
        if (of instanceof ObjectNode fields) {
            for (var one : List.copyOf(fields.properties())) {
                if (one.getValue().isString() && CONDITIONS.contains(one.getKey())) {
                    fields.put(one.getKey(), GONE);
                } else {
                    conditions(one.getValue());
                }
            }
        }
    }

    private static boolean isPrivate(String name) {
        return PRIVATE_NAME.matcher(name).matches() && !HARMLESS.contains(name.toLowerCase(Locale.ROOT));
    }
}
