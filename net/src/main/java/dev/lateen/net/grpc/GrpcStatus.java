package dev.lateen.net.grpc;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.StreamReset;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// How a call ended.
///
/// Source: the gRPC protocol over HTTP/2, and its mapping of HTTP status codes.
public record GrpcStatus(GrpcCode code, String message) {
    public static final GrpcStatus OK = new GrpcStatus(GrpcCode.OK, "");

    public boolean isOk() {
        return code == GrpcCode.OK;
    }

    /// The status in the trailers of a response (or in its head, where nothing else follows).
    ///
    /// @param httpStatus what to go by where `grpc-status` is missing
    static GrpcStatus of(Headers fields, int httpStatus) {
        String number = fields.get("grpc-status");
        if (number == null) {
            return new GrpcStatus(codeOf(httpStatus), "no grpc-status in a response of HTTP status " + httpStatus);
        }
        String message = fields.get("grpc-message");
        return new GrpcStatus(parseCode(number), message == null ? "" : percentDecoded(message));
    }

    static GrpcStatus of(StreamReset reason, String details) {
        GrpcCode code = switch (reason) {
            case REMOTE_RESET, REMOTE_REFUSED, CONNECTION_CLOSED, LOCAL_REFUSED -> GrpcCode.UNAVAILABLE;
            case PROTOCOL_ERROR -> GrpcCode.INTERNAL;
            case LIMIT_EXCEEDED -> GrpcCode.RESOURCE_EXHAUSTED;
            case LOCAL_CANCEL -> GrpcCode.CANCELLED;
        };
        return new GrpcStatus(code, details);
    }

    private static GrpcCode parseCode(String number) {
        try {
            return GrpcCode.of(Integer.parseInt(number));
        } catch (NumberFormatException e) {
            return GrpcCode.UNKNOWN;
        }
    }

    private static GrpcCode codeOf(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> GrpcCode.INTERNAL;
            case 401 -> GrpcCode.UNAUTHENTICATED;
            case 403 -> GrpcCode.PERMISSION_DENIED;
            case 404 -> GrpcCode.UNIMPLEMENTED;
            case 429, 502, 503, 504 -> GrpcCode.UNAVAILABLE;
            default -> GrpcCode.UNKNOWN;
        };
    }

    private static String percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            int high = index + 2 < text.length() ? Character.digit(text.charAt(index + 1), 16) : -1;
            int low = index + 2 < text.length() ? Character.digit(text.charAt(index + 2), 16) : -1;
            if (c == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                index += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return message.isEmpty() ? code.name() : code.name() + ": " + message;
    }
}
