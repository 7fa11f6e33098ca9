package dev.lateen.proxy.http;

import org.jspecify.annotations.Nullable;

/// Reads `grpc-timeout`.
///
/// Source: gRPC over HTTP/2, "Timeout".
final class GrpcTimeout {
    private static final int MAX_DIGITS = 8;

    private GrpcTimeout() {}

    /// Nanoseconds, or -1 where there is none or it is malformed.
    static long nanos(@Nullable String value) {
        if (value == null || value.length() < 2 || value.length() > MAX_DIGITS + 1) {
            return -1;
        }
        long number = 0;
        for (int index = 0; index < value.length() - 1; index++) {
            char c = value.charAt(index);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return switch (value.charAt(value.length() - 1)) {
            case 'H' -> number * 3_600_000_000_000L;
            case 'M' -> number * 60_000_000_000L;
            case 'S' -> number * 1_000_000_000L;
            case 'm' -> number * 1_000_000L;
            case 'u' -> number * 1_000L;
            case 'n' -> number;
            default -> -1;
        };
    }
}
