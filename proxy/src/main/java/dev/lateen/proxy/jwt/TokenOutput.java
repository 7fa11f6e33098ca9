package dev.lateen.proxy.jwt;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Passes on what good tokens say: to later filters in the metadata, to the upstream in headers.
///
/// Thread: event loop of the request.
public final class TokenOutput {
    /// Of the metadata that tokens' payloads are found in.
    public static final String NAMESPACE = "envoy.filters.http.jwt_authn";
    private static final double MAX_WHOLE = 1L << 53;

    private TokenOutput() {}

    /// True where the route is to be decided again.
    public static boolean apply(JwtCheck.Accepted accepted, RequestHead head, StreamInfo info) {
        JwtProvider.Output output = accepted.provider().output();
        Token token = accepted.token();
        if (!output.forward()) {
            accepted.location().remove(head);
        }
        if (!output.payloadHeader().isEmpty()) {
            head.headers().add(output.payloadHeader(), payload(token, output.padded()));
        }
        boolean changed = false;
        List<JwtProvider.ClaimHeader> claims = output.claims();
        for (int index = 0; index < claims.size(); index++) {
            String text = text(find(token.payload(), claims.get(index).path()));
            if (text != null) {
                head.headers().add(claims.get(index).header(), text);
                changed = true;
            }
        }
        if (!output.payloadKey().isEmpty()) {
            info.metadata().put(NAMESPACE, output.payloadKey(), split(token.payload(), output.spaceDelimited()));
            changed = true;
        }
        if (!output.headerKey().isEmpty()) {
            info.metadata().put(NAMESPACE, output.headerKey(), token.parts().header());
        }
        return changed && output.reroutes();
    }

    private static String payload(Token token, boolean padded) {
        String encoded = token.encodedPayload();
        return padded ? encoded + "=".repeat((4 - encoded.length() % 4) % 4) : encoded;
    }

    private static @Nullable Object find(Map<String, Object> payload, List<String> path) {
        Object value = payload;
        for (int index = 0; index < path.size(); index++) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(path.get(index));
        }
        return value;
    }

    private static Map<String, Object> split(Map<String, Object> payload, List<String> claims) {
        if (claims.isEmpty()) {
            return payload;
        }
        Map<String, Object> copy = new LinkedHashMap<>(payload);
        for (String claim : claims) {
            if (copy.get(claim) instanceof String text) {
                copy.put(claim, words(text.strip()));
            }
        }
        return copy;
    }

    /// An empty text is one empty word.
    private static List<Object> words(String text) {
        List<Object> words = new ArrayList<>(4);
        int start = 0;
        for (int end = text.indexOf(' '); end >= 0; end = text.indexOf(' ', start)) {
            if (end > start) {
                words.add(text.substring(start, end));
            }
            start = end + 1;
        }
        words.add(text.substring(start));
        return words;
    }

    /// A claim as the value of a header; null where it cannot be one. Lists and objects travel as JSON in base64.
    private static @Nullable String text(@Nullable Object claim) {
        return switch (claim) {
            case null -> null;
            case String text -> isFieldValue(text) ? text : null;
            case Boolean flag -> flag.toString();
            case Double number -> number(number);
            default -> {
                StringBuilder json = new StringBuilder();
                write(claim, json);
                yield Base64.getEncoder().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /// Whatever stands in a token must not become a field line of its own.
    private static boolean isFieldValue(String text) {
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c < ' ' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) <= MAX_WHOLE
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static void write(@Nullable Object value, StringBuilder json) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.append(separator);
                    quote(String.valueOf(entry.getKey()), json);
                    json.append(':');
                    write(entry.getValue(), json);
                    separator = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object each : list) {
                    json.append(separator);
                    write(each, json);
                    separator = ",";
                }
                json.append(list.isEmpty() ? "[]" : "]");
            }
            case String text -> quote(text, json);
            case Double number -> json.append(number(number));
            case null, default -> json.append(value);
        }
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
