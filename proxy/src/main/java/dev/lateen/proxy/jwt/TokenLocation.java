package dev.lateen.proxy.jwt;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.route.QueryText;
import java.util.List;

/// Where in a request a token may stand.
///
/// Source: `from_headers`, `from_params` and `from_cookies` of Envoy's JWT filter. Thread: any (immutable).
sealed interface TokenLocation {
    TokenLocation BEARER = new Field("authorization", "Bearer ");
    TokenLocation ACCESS_TOKEN = new Parameter("access_token");

    /// Adds every token that stands here.
    void find(RequestHead head, List<String> into);

    /// Takes the tokens out, so that what comes after does not see them. Those in parameters and cookies stay.
    void remove(RequestHead head);

    /// A header.
    ///
    /// @param name lower case
    /// @param prefix that must come before the token, such as `Bearer `; may be empty
    record Field(String name, String prefix) implements TokenLocation {
        @Override
        public void find(RequestHead head, List<String> into) {
            Headers headers = head.headers();
            for (int index = headers.indexOf(name, 0); index >= 0; index = headers.indexOf(name, index + 1)) {
                String value = headers.value(index);
                if (prefix.isEmpty()) {
                    into.add(value);
                } else {
                    int at = value.indexOf(prefix);
                    if (at >= 0) {
                        into.add(token(value, at + prefix.length()));
                    }
                }
            }
        }

        /// From the first character that a token may have to the last one in a row.
        private static String token(String value, int after) {
            int start = after;
            while (start < value.length() && !isTokenPart(value.charAt(start))) {
                start++;
            }
            if (start == value.length()) {
                return value;
            }
            int end = start;
            while (end < value.length() && isTokenPart(value.charAt(end))) {
                end++;
            }
            return value.substring(start, end);
        }

        private static boolean isTokenPart(char c) {
            return (c < 128 && Character.isLetterOrDigit(c)) || "-_.".indexOf(c) >= 0;
        }

        @Override
        public void remove(RequestHead head) {
            head.headers().remove(name);
        }
    }

    /// A parameter of the query.
    record Parameter(String name) implements TokenLocation {
        @Override
        public void find(RequestHead head, List<String> into) {
            String value = QueryText.value(head.path(), name);
            if (value != null) {
                into.add(value);
            }
        }

        @Override
        public void remove(RequestHead head) {
            head.path(QueryText.without(head.path(), name::equals));
        }
    }

    /// Stays in the request, as with Envoy.
    record Cookie(String name) implements TokenLocation {
        @Override
        public void find(RequestHead head, List<String> into) {
            Headers headers = head.headers();
            for (int index = headers.indexOf("cookie", 0); index >= 0; index = headers.indexOf("cookie", index + 1)) {
                for (String pair : headers.value(index).split(";", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                        into.add(unquoted(pair.substring(equals + 1).strip()));
                        return;
                    }
                }
            }
        }

        private static String unquoted(String value) {
            return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                    ? value.substring(1, value.length() - 1)
                    : value;
        }

        @Override
        public void remove(RequestHead head) {}
    }
}
