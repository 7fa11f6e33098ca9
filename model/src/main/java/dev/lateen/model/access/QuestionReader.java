package dev.lateen.model.access;

import dev.lateen.model.diagnostic.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a question as somebody types it. Thread: any.
///
/// Fields: `client` (`[TYPE/]NAME[.NAMESPACE]`, an identity, or `-` for nobody of the mesh), `namespace`, `method`,
/// `target` (`SERVICE[:PORT][/PATH]`), `headers` and `claims` (`name=value`, one a line), `from`, `remote`, `sni`. All
/// but client, method and target may be missing.
public final class QuestionReader {
    /// Stands for a client outside of the mesh.
    public static final String NOBODY = "-";

    private static final Pattern IDENTITY = Pattern.compile("(?:spiffe://)?(?:([^/]+)/)?ns/([^/]+)/sa/([^/]+)");
    private static final Pattern TARGET = Pattern.compile("(?:https?://)?([^/:?#]+)(?::([0-9]{1,5}))?([/?#].*)?");
    private static final int MAX_LINES = 1_000;

    private final Map<String, String> fields;
    private final Collection<AccessClient> known;
    private final String trustDomain;

    private QuestionReader(Map<String, String> fields, Collection<AccessClient> known, String trustDomain) {
        this.fields = fields;
        this.known = known;
        this.trustDomain = trustDomain;
    }

    /// @param known clients, by `name.namespace`
    /// @param trustDomain of identities that name none
    /// @throws IllegalArgumentException with what was expected
    public static AccessQuestion read(Map<String, String> fields, Collection<AccessClient> known, String trustDomain) {
        return new QuestionReader(fields, known, trustDomain).question();
    }

    private AccessQuestion question() {
        String target = field("target");
        Matcher parts = TARGET.matcher(target);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + target + "' is no target (expected: SERVICE[:PORT][/PATH])");
        }
        String method = field("method");
        if (!method.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
            throw new IllegalArgumentException("'" + method + "' is no method (expected: such as GET, or TCP)");
        }
        String path = Optional.ofNullable(parts.group(3)).orElse("/");
        return new AccessQuestion(
                client(field("client")),
                parts.group(1),
                Integer.parseInt(Optional.ofNullable(parts.group(2)).orElse("0")),
                method,
                path.startsWith("/") ? path : "/" + path,
                headers(),
                claims(),
                field("from"),
                field("remote"),
                field("sni"));
    }

    private String field(String name) {
        return fields.getOrDefault(name, "");
    }

    private AccessClient client(String reference) {
        if (reference.equals(NOBODY)) {
            return new AccessClient("somebody outside of the mesh", "", "", Map.of(), "", false);
        }
        Matcher identity = IDENTITY.matcher(reference);
        if (identity.matches()) {
            String domain = Optional.ofNullable(identity.group(1)).orElse(trustDomain);
            String name = domain + "/ns/" + identity.group(2) + "/sa/" + identity.group(3);
            return new AccessClient(name, name, identity.group(2), Map.of(), "", true);
        }
        String name = reference.substring(reference.indexOf('/') + 1);
        String namespace = field("namespace").isEmpty() ? "default" : field("namespace");
        return find(name).or(() -> find(name + "." + namespace)).orElseThrow(() -> {
            TreeSet<String> names = new TreeSet<>();
            known.forEach(client -> names.add(client.name()));
            String advice = Spelling.advice(name + "." + namespace, names);
            return new IllegalArgumentException("there is no client '" + reference + "'"
                    + (advice.isEmpty()
                            ? " (expected: [TYPE/]NAME[.NAMESPACE], [TRUST-DOMAIN/]ns/NAMESPACE/sa/ACCOUNT, or -)"
                            : ": " + advice));
        });
    }

    /// By its name, or as one of several that have the name in common.
    private Optional<AccessClient> find(String name) {
        int dot = name.lastIndexOf('.');
        String prefix = dot < 0 ? "" : name.substring(0, dot) + "-";
        String suffix = dot < 0 ? "" : name.substring(dot);
        return known.stream()
                .filter(client -> client.name().equals(name))
                .findFirst()
                .or(() -> known.stream()
                        .filter(client -> dot > 0
                                && client.name().startsWith(prefix)
                                && client.name().endsWith(suffix))
                        .findFirst());
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        for (String line : lines("headers")) {
            int end = line.indexOf('=');
            int colon = line.indexOf(':');
            end = end < 0 || (colon > 0 && colon < end) ? colon : end;
            if (end < 1) {
                throw new IllegalArgumentException("'" + line + "' is no header (expected: NAME=VALUE)");
            }
            headers.merge(
                    line.substring(0, end).strip().toLowerCase(Locale.ROOT),
                    line.substring(end + 1).strip(),
                    (one, other) -> one + "," + other);
        }
        return headers;
    }

    private Map<String, Object> claims() {
        Map<String, Object> claims = new HashMap<>();
        for (String line : lines("claims")) {
            int equals = line.indexOf('=');
            String name = equals < 0 ? "" : line.substring(0, equals);
            if (!name.matches("[^\\[\\]]+(\\[[^\\[\\]]+])*")) {
                throw new IllegalArgumentException(
                        "'" + line + "' is no claim (expected: NAME=VALUE, or NAME[INNER]=VALUE within another)");
            }
            String[] path = name.replace("]", "").split("\\[", -1);
            put(claims, List.of(path), line.substring(equals + 1));
        }
        return claims;
    }

    @SuppressWarnings("unchecked") // only maps of this kind are put there
    private static void put(Map<String, Object> into, List<String> path, String value) {
        String name = path.getFirst();
        Object before = into.get(name);
        if (path.size() > 1) {
            Object inner = before instanceof Map<?, ?> ? before : new HashMap<String, Object>();
            into.put(name, inner);
            put((Map<String, Object>) inner, path.subList(1, path.size()), value);
        } else if (before == null) {
            into.put(name, value);
        } else {
            List<Object> several = new ArrayList<>(before instanceof List<?> list ? list : List.of(before));
            several.add(value);
            into.put(name, several);
        }
    }

    private List<String> lines(String name) {
        List<String> lines = field(name).lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() > MAX_LINES) {
            throw new IllegalArgumentException(
                    lines.size() + " " + name + " are too many (expected: at most " + MAX_LINES + ")");
        }
        return lines;
    }
}
