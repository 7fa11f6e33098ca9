package dev.lateen.proxy.route;

import java.util.List;

/// The conditions of a retry as bits.
///
/// Source: Envoy's `x-envoy-retry-on` and `x-envoy-retry-grpc-on`.
public final class RetryOn {
    public static final int SERVER_ERROR = 1;
    public static final int GATEWAY_ERROR = 1 << 1;
    public static final int RESET = 1 << 2;
    public static final int RESET_BEFORE_REQUEST = 1 << 3;
    public static final int CONNECT_FAILURE = 1 << 4;
    public static final int RETRIABLE_4XX = 1 << 5;
    public static final int REFUSED_STREAM = 1 << 6;
    public static final int STATUS_CODES = 1 << 7;
    public static final int HEADERS = 1 << 8;
    public static final int RATE_LIMITED = 1 << 9;
    public static final int HTTP3_POST_CONNECT_FAILURE = 1 << 10;
    public static final int GRPC_CANCELLED = 1 << 11;
    public static final int GRPC_DEADLINE_EXCEEDED = 1 << 12;
    public static final int GRPC_INTERNAL = 1 << 13;
    public static final int GRPC_RESOURCE_EXHAUSTED = 1 << 14;
    public static final int GRPC_UNAVAILABLE = 1 << 15;

    private static final List<String> NAMES = List.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "envoy-ratelimited",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private RetryOn() {}

    /// The bits of the names in a comma-separated list; unknown names count for nothing, as in Envoy.
    public static int parse(String list) {
        int bits = 0;
        int at = 0;
        while (at <= list.length()) {
            int comma = list.indexOf(',', at);
            int end = comma < 0 ? list.length() : comma;
            int name = NAMES.indexOf(list.substring(at, end).strip());
            if (name >= 0) {
                bits |= 1 << name;
            }
            at = end + 1;
        }
        return bits;
    }
}
