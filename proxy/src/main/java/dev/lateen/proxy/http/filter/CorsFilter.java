package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.route.RouteAction;
import dev.lateen.proxy.route.RouteEntry;
import org.jspecify.annotations.Nullable;

/// Answers preflight requests of other origins and marks the responses that they may read, on routes that lead to a
/// cluster.
///
/// Source: Envoy's CORS filter, the Fetch standard. Thread: event loop of the request.
final class CorsFilter implements RequestFilter {
    private static final String ALLOW_ORIGIN = "access-control-allow-origin";
    private static final String EXPOSED = "access-control-expose-headers";

    private final String name;

    CorsFilter(String name) {
        this.name = name;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers request = exchange.head().headers();
        String origin = request.get("origin");
        RouteEntry route = exchange.route();
        if (origin == null
                || route == null
                || !(route.route().action() instanceof RouteAction.Forward)
                || !(exchange.override(name) instanceof FilterConfig.CorsPolicy policy)
                || !policy.enabled()) {
            return Verdict.CONTINUE;
        }
        boolean preflight =
                exchange.head().method().equals("OPTIONS") && request.contains("access-control-request-method");
        boolean allowed = matches(policy, origin);
        if (!preflight) {
            if (allowed) {
                exchange.state(name, origin);
            }
            return Verdict.CONTINUE;
        }
        if (!allowed && policy.forwardUnmatched()) {
            return Verdict.CONTINUE;
        }
        Headers headers = new Headers(8);
        if (allowed) {
            headers.add(ALLOW_ORIGIN, origin);
        }
        if (policy.credentials()) {
            headers.add("access-control-allow-credentials", "true");
        }
        add(headers, "access-control-allow-methods", policy.methods());
        add(headers, "access-control-allow-headers", policy.headers());
        add(headers, "access-control-max-age", policy.maxAge());
        if (!policy.exposed().isEmpty() && allowed) {
            headers.add(EXPOSED, policy.exposed());
        }
        exchange.reply(LocalReply.of(200, "", "cors_response").with(headers).in(LocalReply.Dress.AS_IS));
        return Verdict.STOP;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        Object origin = exchange.state(name);
        if (origin instanceof String text && policy(exchange) instanceof FilterConfig.CorsPolicy policy) {
            head.headers().set(ALLOW_ORIGIN, text);
            if (policy.credentials()) {
                head.headers().set("access-control-allow-credentials", "true");
            }
            if (!policy.exposed().isEmpty()) {
                head.headers().set(EXPOSED, policy.exposed());
            }
        }
    }

    private @Nullable Object policy(Exchange exchange) {
        return exchange.override(name);
    }

    private static boolean matches(FilterConfig.CorsPolicy policy, String origin) {
        for (StringMatcher matcher : policy.origins()) {
            if (matcher.matches(origin)
                    || (matcher instanceof StringMatcher.Exact exact
                            && exact.value().equals("*"))) {
                return true;
            }
        }
        return false;
    }

    private static void add(Headers headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.add(name, value);
        }
    }
}
