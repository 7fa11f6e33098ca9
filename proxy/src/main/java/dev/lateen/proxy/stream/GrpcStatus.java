package dev.lateen.proxy.stream;

import dev.lateen.net.http.Headers;
import org.jspecify.annotations.Nullable;

/// The gRPC status of a response: in its trailers, or in its head where it has no body.
public final class GrpcStatus {
    private static final String[] NAMES = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };
    private static final int MAX_DIGITS = 9;

    private GrpcStatus() {}

    /// -1 where there is none.
    public static int of(StreamInfo info) {
        int status = of(info.responseTrailers);
        return status >= 0 ? status : of(info.responseHeaders);
    }

    private static int of(@Nullable Headers headers) {
        String value = headers == null ? null : headers.get("grpc-status");
        if (value == null || value.isEmpty() || value.length() > MAX_DIGITS) {
            return -1;
        }
        int status = 0;
        for (int index = 0; index < value.length(); index++) {
            char digit = value.charAt(index);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            status = status * 10 + digit - '0';
        }
        return status;
    }

    /// `DeadlineExceeded`, or `DEADLINE_EXCEEDED`; the number where it has no name.
    public static String text(int status, boolean snake) {
        if (status >= NAMES.length) {
            return Integer.toString(status);
        }
        if (snake || status == 0) {
            return NAMES[status];
        }
        StringBuilder camel = new StringBuilder();
        boolean upper = true;
        for (char letter : (status == 1 ? "CANCELED" : NAMES[status]).toCharArray()) {
            if (letter == '_') {
                upper = true;
            } else {
                camel.append(upper ? letter : Character.toLowerCase(letter));
                upper = false;
            }
        }
        return camel.toString();
    }
}
