package dev.lateen.proxy.route;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The query of a path as text: its parameters, with `%xx` decoded where it is one and kept where it is not, so that
/// nothing that a client sends is an error.
///
/// Differs: Envoy sorts the parameters of a query from which it takes a token.
///
/// Thread: any.
public final class QueryText {
    private QueryText() {}

    /// The first value of a parameter, or null where it is absent.
    public static @Nullable String value(String path, String name) {
        int at = path.indexOf('?') + 1;
        while (at > 0 && at <= path.length()) {
            int end = end(path, at);
            int nameEnd = nameEnd(path, at, end);
            if (decoded(path.substring(at, nameEnd)).equals(name)) {
                return nameEnd == end ? "" : decoded(path.substring(nameEnd + 1, end));
            }
            at = end + 1;
        }
        return null;
    }

    /// The path without the parameters of these names; the others stay as they came, in their order.
    public static String without(String path, Predicate<String> names) {
        int mark = path.indexOf('?');
        if (mark < 0) {
            return path;
        }
        StringBuilder kept = new StringBuilder(path.length()).append(path, 0, mark);
        char separator = '?';
        for (int at = mark + 1; at <= path.length(); ) {
            int end = end(path, at);
            int nameEnd = nameEnd(path, at, end);
            if (!names.test(decoded(path.substring(at, nameEnd)))) {
                kept.append(separator).append(path, at, end);
                separator = '&';
            }
            at = end + 1;
        }
        return kept.toString();
    }

    /// Not looked for behind the parameter: without any `=`, many parameters would cost the square of their number.
    private static int nameEnd(String path, int at, int end) {
        int equals = path.indexOf('=', at, end);
        return equals < 0 ? end : equals;
    }

    private static int end(String path, int at) {
        int next = path.indexOf('&', at);
        return next < 0 ? path.length() : next;
    }

    /// Text with each `%xx` decoded; a percent sign without two hexadecimal digits stands for itself.
    public static String decoded(String text) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            int high = c == '%' && at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(at + 2), 16);
            if (low >= 0) {
                bytes.write(high << 4 | low);
                at += 2;
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
