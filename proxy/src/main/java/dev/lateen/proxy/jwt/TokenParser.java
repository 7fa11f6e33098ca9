package dev.lateen.proxy.jwt;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads tokens in their compact form.
///
/// Differs: a token with `crit` in its header, or with a name twice in it, is refused.
///
/// Source: RFC 7515 §7.1, RFC 7519 §4. Thread: any; one parser, one token.
final class TokenParser {
    private static final double MAX_SECONDS = 1L << 53;

    private JwtStatus status = JwtStatus.OK;

    /// Why there is no token.
    JwtStatus status() {
        return status;
    }

    /// Null where the text is no token; `status` tells why.
    @Nullable
    Token parse(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1 || second == text.length() - 1 || text.indexOf('.', second + 1) >= 0) {
            return fail(JwtStatus.BAD_FORMAT);
        }
        Map<String, Object> header =
                object(text.substring(0, first), JwtStatus.HEADER_NO_BASE64, JwtStatus.HEADER_NO_JSON);
        if (header == null) {
            return null;
        }
        Algorithm algorithm = algorithm(header);
        if (algorithm == null) {
            return null;
        }
        String payloadText = text.substring(first + 1, second);
        Map<String, Object> payload = object(payloadText, JwtStatus.PAYLOAD_NO_BASE64, JwtStatus.PAYLOAD_NO_JSON);
        if (payload == null) {
            return null;
        }
        String signature = text.substring(second + 1);
        Token token = new Token(
                algorithm,
                text(header, "kid", JwtStatus.HEADER_BAD_KEY_ID),
                text(payload, "iss", JwtStatus.ISSUER_NO_TEXT),
                text(payload, "sub", JwtStatus.SUBJECT_NO_TEXT),
                audiences(payload),
                seconds(payload, "exp", JwtStatus.EXPIRY_NO_INTEGER, JwtStatus.EXPIRY_OUT_OF_RANGE),
                seconds(payload, "nbf", JwtStatus.NOT_BEFORE_NO_INTEGER, JwtStatus.NOT_BEFORE_OUT_OF_RANGE),
                seconds(payload, "iat", JwtStatus.ISSUED_NO_INTEGER, JwtStatus.ISSUED_OUT_OF_RANGE),
                payloadText,
                new Token.Parts(header, payload, text.substring(0, second), signature));
        text(payload, "jti", JwtStatus.ID_NO_TEXT);
        if (decode(signature) == null) {
            fail(JwtStatus.SIGNATURE_NO_BASE64);
        }
        return status == JwtStatus.OK ? token : null;
    }

    /// The first failure counts.
    private @Nullable Token fail(JwtStatus why) {
        if (status == JwtStatus.OK) {
            status = why;
        }
        return null;
    }

    private @Nullable Algorithm algorithm(Map<String, Object> header) {
        if (!(header.get("alg") instanceof String name)) {
            fail(JwtStatus.HEADER_NO_ALGORITHM);
            return null;
        }
        Algorithm algorithm = Algorithm.named(name);
        if (algorithm == null) {
            fail(JwtStatus.HEADER_UNKNOWN_ALGORITHM);
        } else if (header.containsKey("crit")) {
            fail(JwtStatus.HEADER_CRITICAL);
        }
        return algorithm;
    }

    private @Nullable Map<String, Object> object(String encoded, JwtStatus noBase64, JwtStatus noJson) {
        byte[] bytes = decode(encoded);
        if (bytes == null) {
            fail(noBase64);
            return null;
        }
        Map<String, Object> object = null;
        try {
            object = JsonReader.object(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException _) {
            // No UTF-8 is no JSON.
        }
        if (object == null) {
            fail(noJson);
        }
        return object;
    }

    private static byte @Nullable [] decode(String encoded) {
        if (encoded.indexOf('=') >= 0) {
            return null;
        }
        try {
            return Base64.getUrlDecoder().decode(encoded);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private String text(Map<String, Object> from, String name, JwtStatus otherwise) {
        Object value = from.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        fail(otherwise);
        return "";
    }

    /// An audience may be written as an address: what stands before and after its name does not count.
    static String audience(String text) {
        String name = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        if (name.startsWith("https://")) {
            return name.substring("https://".length());
        }
        return name.startsWith("http://") ? name.substring("http://".length()) : name;
    }

    private List<String> audiences(Map<String, Object> payload) {
        return switch (payload.get("aud")) {
            case null -> List.of();
            case String one -> List.of(audience(one));
            case List<?> list -> {
                List<String> all = new ArrayList<>();
                for (Object each : list) {
                    if (each instanceof String text) {
                        all.add(audience(text));
                    } else {
                        fail(JwtStatus.AUDIENCE_NO_TEXT);
                    }
                }
                yield List.copyOf(all);
            }
            default -> {
                fail(JwtStatus.AUDIENCE_NO_TEXT);
                yield List.of();
            }
        };
    }

    private long seconds(Map<String, Object> payload, String name, JwtStatus noInteger, JwtStatus outOfRange) {
        Object value = payload.get(name);
        if (value == null) {
            return 0;
        }
        if (!(value instanceof Double number) || number != Math.rint(number)) {
            fail(noInteger);
            return 0;
        }
        if (number < 0 || number > MAX_SECONDS) {
            fail(outOfRange);
            return 0;
        }
        return number.longValue();
    }
}
