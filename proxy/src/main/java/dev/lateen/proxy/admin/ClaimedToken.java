package dev.lateen.proxy.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A token that nobody has, by its claims: each is `NAME=VALUE`, or `NAME[INNER]=VALUE` within another. One that is
/// given again has several values.
final class ClaimedToken {
    /// Under which routes look for what tokens say.
    static final String KEY = "payload";

    private static final Pattern CLAIM = Pattern.compile("([^\\[\\]=]+(?:\\[[^\\[\\]]+])*)=(.*)", Pattern.DOTALL);

    private ClaimedToken() {}

    /// @throws IllegalArgumentException for what is no claim, or both holds a value and others
    static Map<String, Object> payload(List<String> claims) {
        Map<String, Object> payload = new HashMap<>();
        for (String claim : claims) {
            Matcher parts = CLAIM.matcher(claim);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "'" + claim + "' is no claim (expected: NAME=VALUE, or NAME[INNER]=VALUE within another)");
            }
            add(payload, List.of(parts.group(1).replace("]", "").split("\\[")), parts.group(2));
        }
        return payload;
    }

    private static void add(Map<String, Object> into, List<String> path, String value) {
        String name = path.getFirst();
        Object there = into.get(name);
        boolean inner = path.size() > 1;
        if (there != null && inner != there instanceof Map) {
            throw new IllegalArgumentException("claim '" + name + "' has a value and claims within it");
        }
        if (inner) {
            add(claims(into, name), path.subList(1, path.size()), value);
        } else {
            List<Object> values = there instanceof List<?> several ? new ArrayList<>(several) : new ArrayList<>();
            if (there instanceof String first) {
                values.add(first);
            }
            values.add(value);
            into.put(name, values.size() == 1 ? value : values);
        }
    }

    @SuppressWarnings("unchecked") // only this class makes these maps
    private static Map<String, Object> claims(Map<String, Object> of, String name) {
        return (Map<String, Object>) of.computeIfAbsent(name, _ -> new HashMap<String, Object>());
    }
}
