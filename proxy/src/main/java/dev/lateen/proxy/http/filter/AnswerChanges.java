package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.authz.Verdict.Change;
import dev.lateen.proxy.authz.Verdict.Pass;
import dev.lateen.proxy.route.QueryText;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Applies what an authorization server wants changed.
///
/// Differs: an answer with a field that is none is treated as a failure of the server.
///
/// Thread: any.
final class AnswerChanges {
    private AnswerChanges() {}

    /// Whether nothing of it would break a message apart. An answer that does is as good as none.
    static boolean valid(Pass pass) {
        return valid(pass.request()) && valid(pass.response());
    }

    private static boolean valid(List<Change> changes) {
        for (Change change : changes) {
            if (!isName(change.name()) || !isValue(change.value())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String name) {
        int start = name.startsWith(":") ? 1 : 0;
        for (int index = start; index < name.length(); index++) {
            char c = name.charAt(index);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return name.length() > start;
    }

    private static boolean isValue(String value) {
        for (int index = 0; index < value.length(); index++) {
            char c = value.charAt(index);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    /// Without the fields that would break a message apart.
    static Headers clean(Headers headers) {
        Headers clean = new Headers(8);
        headers.forEach((name, value) -> {
            if (!name.startsWith(":") && isName(name) && isValue(value)) {
                clean.add(name, value);
            }
        });
        return clean;
    }

    /// True where the request was changed.
    static boolean apply(Pass pass, RequestHead head) {
        boolean changed = false;
        for (String name : pass.requestRemoved()) {
            boolean kept = name.startsWith(":") || name.equalsIgnoreCase("host");
            changed |= !kept && head.headers().remove(name.toLowerCase(java.util.Locale.ROOT));
        }
        for (Change change : pass.request()) {
            apply(change, head);
            changed = true;
        }
        if (!pass.query().isEmpty() || !pass.queryRemoved().isEmpty()) {
            head.path(query(pass, head.path()));
            changed = true;
        }
        return changed;
    }

    private static void apply(Change change, RequestHead head) {
        switch (change.name()) {
            case ":path" -> head.path(change.value());
            case ":method" -> head.method(change.value());
            case ":authority", "host" -> head.authority(change.value());
            case ":scheme" -> head.scheme(change.value());
            default -> apply(change, head.headers());
        }
    }

    static void apply(List<Change> changes, Headers headers) {
        for (int index = 0; index < changes.size(); index++) {
            apply(changes.get(index), headers);
        }
    }

    private static void apply(Change change, Headers headers) {
        String name = change.name();
        switch (change.mode()) {
            case SET -> headers.set(name, change.value());
            case APPEND -> headers.add(name, change.value());
            case ADD_IF_ABSENT -> {
                if (!headers.contains(name)) {
                    headers.add(name, change.value());
                }
            }
            case SET_IF_EXISTS -> {
                if (headers.contains(name)) {
                    headers.set(name, change.value());
                }
            }
        }
    }

    private static String query(Pass pass, String path) {
        StringBuilder made = new StringBuilder(QueryText.without(
                path,
                name -> pass.query().containsKey(name) || pass.queryRemoved().contains(name)));
        char separator = made.indexOf("?") < 0 ? '?' : '&';
        for (var entry : pass.query().entrySet()) {
            made.append(separator)
                    .append(URLEncoder.encode(entry.getKey(), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8));
            separator = '&';
        }
        return made.toString();
    }
}
