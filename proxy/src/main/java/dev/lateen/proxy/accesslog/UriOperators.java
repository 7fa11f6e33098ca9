package dev.lateen.proxy.accesslog;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Parts of what was asked for: `%PATH(QUERY:WHICH)%` and `%QUERY_PARAM(NAME)%`.
///
/// Source: Envoy documentation, "Command operators". Thread: event loop.
final class UriOperators {
    private UriOperators() {}

    /// With (`WQ`) or without (`NQ`) its query; as the client asked (`ORIG`), as it is now (`PATH`), or the former
    /// where it was rewritten (`ORIG_OR_PATH`, which is what holds where nothing is said).
    static LogOperator path(String argument) {
        List<String> words = argument.isEmpty() ? List.of() : List.of(argument.split(":", -1));
        String query = words.isEmpty() || words.getFirst().isEmpty() ? "WQ" : words.getFirst();
        String which = words.size() < 2 || words.get(1).isEmpty() ? "ORIG_OR_PATH" : words.get(1);
        if (words.size() > 2 || !List.of("WQ", "NQ").contains(query)) {
            throw new IllegalArgumentException(
                    "%PATH(" + argument + ")% (expected: WQ or NQ, then :ORIG, :PATH or :ORIG_OR_PATH)");
        }
        boolean whole = query.equals("WQ");
        return switch (which) {
            case "ORIG" -> LogOperators.octets(info -> part(info.originalPath, whole));
            case "PATH" -> LogOperators.octets(info -> part(now(info), whole));
            case "ORIG_OR_PATH" ->
                LogOperators.octets(info -> part(info.originalPath == null ? now(info) : info.originalPath, whole));
            default ->
                throw new IllegalArgumentException(
                        "%PATH(" + argument + ")% (expected: ORIG, PATH or ORIG_OR_PATH after the colon)");
        };
    }

    private static @Nullable String now(StreamInfo info) {
        RequestHead head = info.request;
        return head == null ? null : head.path();
    }

    private static @Nullable String part(@Nullable String path, boolean whole) {
        return whole ? path : LogOperators.withoutQuery(path);
    }

    /// The first value of a parameter, as it was written.
    static LogOperator query(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("%QUERY_PARAM% needs a name, as in %QUERY_PARAM(user)%");
        }
        return LogOperators.octets(info -> parameter(now(info), name));
    }

    private static @Nullable String parameter(@Nullable String path, String name) {
        int mark = path == null ? -1 : path.indexOf('?');
        if (path == null || mark < 0) {
            return null;
        }
        for (String pair : path.substring(mark + 1).split("&")) {
            if (pair.startsWith(name) && pair.length() > name.length() && pair.charAt(name.length()) == '=') {
                return pair.substring(name.length() + 1);
            }
        }
        return null;
    }
}
