package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import org.jspecify.annotations.Nullable;

/// Looks for cookies in a request.
///
/// Source: RFC 6265 §5.4. Thread: any.
public final class Cookies {
    private Cookies() {}

    /// The value of the first cookie of this name, without quotes; null for none.
    public static @Nullable String find(Headers headers, String name) {
        for (int index = headers.indexOf("cookie", 0); index >= 0; index = headers.indexOf("cookie", index + 1)) {
            String line = headers.value(index);
            int at = 0;
            while (at < line.length()) {
                int semicolon = line.indexOf(';', at);
                int end = semicolon < 0 ? line.length() : semicolon;
                int equals = line.indexOf('=', at);
                if (equals > 0
                        && equals < end
                        && line.substring(at, equals).strip().equals(name)) {
                    return unquote(line.substring(equals + 1, end).strip());
                }
                at = end + 1;
            }
        }
        return null;
    }

    private static String unquote(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
