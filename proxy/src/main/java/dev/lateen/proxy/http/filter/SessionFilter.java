package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.cluster.LbContext;
import dev.lateen.proxy.stream.Addresses;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Keeps a client's requests with the host that answered its first one, for as long as that host is in the cluster.
///
/// Source: envoy.extensions.filters.http.stateful_session.v3. Thread: event loop of the request.
public final class SessionFilter implements RequestFilter {
    private static final String STATE = "stateful-session";

    private final String name;
    private final FilterConfig.Session own;

    SessionFilter(String name, FilterConfig.Session own) {
        this.name = name;
        this.own = own;
    }

    /// @param wish null where the session has no host yet
    private record Kept(SessionState state, LbContext.@Nullable Wish wish) {}

    /// The host that a request's session is with; null for none.
    public static LbContext.@Nullable Wish wish(Exchange exchange) {
        return exchange.state(STATE) instanceof Kept(SessionState _, LbContext.Wish wish) ? wish : null;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Object override = exchange.override(name);
        if ((override == null ? own : override) instanceof FilterConfig.Session(SessionState state, boolean strict)
                && state != null) {
            SocketAddress host = state.host(exchange.head(), exchange.info().startEpochMillis);
            exchange.state(STATE, new Kept(state, host == null ? null : new LbContext.Wish(host, strict)));
        }
        return Verdict.CONTINUE;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        SocketAddress used = exchange.info().upstreamHost;
        if (used != null
                && exchange.state(STATE) instanceof Kept(SessionState state, var wish)
                && (wish == null || !used.equals(wish.host()))) {
            state.keep(head.headers(), Addresses.text(used), exchange.info().startEpochMillis);
        }
    }
}
