package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.cluster.ClusterWorker;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.route.RetryOn;
import dev.lateen.proxy.route.RetryPolicy;
import dev.lateen.proxy.route.RouteAction.Forward;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a request is tried again: the route's policy, what the request's own headers add to it, and what is left.
///
/// Source: Envoy's router, "retry". Thread: event loop of the request.
final class RetryState {
    static final RetryState NEVER = new RetryState(RetryPolicy.NONE, 0, 0, List.of());
    private static final List<String> ORDERS = List.of(
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-max-retries",
            "x-envoy-retriable-status-codes",
            "x-envoy-retriable-header-names",
            "x-envoy-hedge-on-per-try-timeout");

    private final RetryPolicy policy;
    private final int on;
    private final List<Integer> statusCodes;
    private int left;

    private RetryState(RetryPolicy policy, int on, int left, List<Integer> statusCodes) {
        this.policy = policy;
        this.on = on;
        this.left = left;
        this.statusCodes = statusCodes;
    }

    enum Decision {
        NO,
        YES,
        /// It would have been retried, but the number of retries is used up.
        LIMIT,
        /// It would have been retried, but the cluster runs as many retries as it may.
        OVERFLOW
    }

    /// Takes the orders out of the request's headers, as the route has made them.
    static RetryState of(Forward forward, Headers headers) {
        RetryPolicy policy = forward.retry().orElse(RetryPolicy.NONE);
        int on = allowed(policy, headers) ? policy.on() : 0;
        int left = policy.retries();
        List<Integer> codes = policy.statusCodes();
        if (hasOrders(headers)) {
            on |= bits(headers.get("x-envoy-retry-on")) | bits(headers.get("x-envoy-retry-grpc-on"));
            String max = headers.get("x-envoy-max-retries");
            if (max != null && number(max) >= 0) {
                left = (int) Math.min(number(max), Integer.MAX_VALUE);
            }
            codes = withOrdered(codes, headers.get("x-envoy-retriable-status-codes"));
            for (int index = 0; index < ORDERS.size(); index++) {
                headers.remove(ORDERS.get(index));
            }
        }
        return on == 0 && policy.equals(RetryPolicy.NONE) ? NEVER : new RetryState(policy, on, left, codes);
    }

    private static boolean hasOrders(Headers headers) {
        for (int index = 0; index < headers.size(); index++) {
            String name = headers.name(index);
            if (name.startsWith("x-envoy-") && ORDERS.contains(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean allowed(RetryPolicy policy, Headers headers) {
        List<HeaderMatcher> matchers = policy.requestHeaders();
        if (matchers.isEmpty()) {
            return true;
        }
        for (int index = 0; index < matchers.size(); index++) {
            HeaderMatcher matcher = matchers.get(index);
            if (matcher.matches(headers)) {
                return true;
            }
        }
        return false;
    }

    private static int bits(@Nullable String list) {
        return list == null ? 0 : RetryOn.parse(list);
    }

    private static List<Integer> withOrdered(List<Integer> codes, @Nullable String ordered) {
        if (ordered == null) {
            return codes;
        }
        List<Integer> all = new java.util.ArrayList<>(codes);
        int at = 0;
        while (at <= ordered.length()) {
            int comma = ordered.indexOf(',', at);
            int end = comma < 0 ? ordered.length() : comma;
            long code = number(ordered.substring(at, end).strip());
            if (code > 0 && code < 1000) {
                all.add((int) code);
            }
            at = end + 1;
        }
        return all;
    }

    /// A decimal number, or -1.
    static long number(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long number = 0;
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    RetryPolicy policy() {
        return policy;
    }

    boolean isPossible() {
        return on != 0 && left > 0;
    }

    /// The body is larger than what may be kept of it.
    void giveUp() {
        if (this != NEVER) {
            left = -1;
        }
    }

    Decision onHead(ResponseHead head, ClusterWorker cluster, RoutePriority priority) {
        return on == 0 || !wants(head) ? Decision.NO : decide(cluster, priority);
    }

    private boolean wants(ResponseHead head) {
        int status = head.status();
        Headers headers = head.headers();
        if (headers.contains("x-envoy-overloaded")) {
            return false;
        }
        if (headers.contains("x-envoy-ratelimited")) {
            return has(RetryOn.RATE_LIMITED);
        }
        return (has(RetryOn.SERVER_ERROR) && status >= 500)
                || (has(RetryOn.GATEWAY_ERROR) && status >= 502 && status <= 504)
                || (has(RetryOn.RETRIABLE_4XX) && status == 409)
                || (has(RetryOn.STATUS_CODES) && statusCodes.contains(status))
                || (has(RetryOn.HEADERS) && matches(headers))
                || wantsGrpc(headers.get("grpc-status"));
    }

    private boolean matches(Headers headers) {
        List<HeaderMatcher> matchers = policy.responseHeaders();
        for (int index = 0; index < matchers.size(); index++) {
            HeaderMatcher matcher = matchers.get(index);
            if (matcher.matches(headers)) {
                return true;
            }
        }
        return false;
    }

    private boolean wantsGrpc(@Nullable String status) {
        if (status == null) {
            return false;
        }
        return switch (status) {
            case "1" -> has(RetryOn.GRPC_CANCELLED);
            case "4" -> has(RetryOn.GRPC_DEADLINE_EXCEEDED);
            case "8" -> has(RetryOn.GRPC_RESOURCE_EXHAUSTED);
            case "13" -> has(RetryOn.GRPC_INTERNAL);
            case "14" -> has(RetryOn.GRPC_UNAVAILABLE);
            default -> false;
        };
    }

    Decision onFailure(UpstreamFailure failure, ClusterWorker cluster, RoutePriority priority) {
        return on == 0 || !wants(failure) ? Decision.NO : decide(cluster, priority);
    }

    private boolean wants(UpstreamFailure failure) {
        if (failure.kind() == UpstreamFailure.Kind.OVERFLOW) {
            return false;
        }
        return switch (failure.kind()) {
            case OVERFLOW -> false;
            case LOCAL_CONNECTION_FAILURE, REMOTE_CONNECTION_FAILURE, CONNECTION_TIMEOUT ->
                has(RetryOn.CONNECT_FAILURE | anyReset(failure));
            case REMOTE_REFUSED -> has(RetryOn.REFUSED_STREAM | anyReset(failure));
            case CONNECTION_TERMINATION, LOCAL_RESET, REMOTE_RESET, PROTOCOL_ERROR, PER_TRY_TIMEOUT ->
                has(anyReset(failure));
        };
    }

    private static int anyReset(UpstreamFailure failure) {
        int any = RetryOn.SERVER_ERROR | RetryOn.GATEWAY_ERROR | RetryOn.RESET;
        return failure.requestSent() ? any : any | RetryOn.RESET_BEFORE_REQUEST;
    }

    private boolean has(int bits) {
        return (on & bits) != 0;
    }

    private Decision decide(ClusterWorker cluster, RoutePriority priority) {
        if (left < 0) {
            return Decision.NO;
        }
        if (left == 0) {
            return Decision.LIMIT;
        }
        left--;
        return cluster.tryStartRetry(priority) ? Decision.YES : Decision.OVERFLOW;
    }
}
