package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.NameCache;
import dev.lateen.proxy.stream.ResponseFlag;
import org.jspecify.annotations.Nullable;

/// Holds a request to a cluster without hosts of its own until the name that the request asks for has an address.
///
/// Source: envoy.extensions.filters.http.dynamic_forward_proxy.v3. Thread: event loop of the request.
public final class DynamicForwardFilter implements RequestFilter {
    private static final String STATE = "dynamic-forward-proxy";

    private final Clusters clusters;

    DynamicForwardFilter(Clusters clusters) {
        this.clusters = clusters;
    }

    /// The destination that a request waited for; null for none. A rewrite of the request's host does not change it.
    public static @Nullable String destination(Exchange exchange) {
        return exchange.state(STATE) instanceof String authority ? authority : null;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        String name = exchange.clusterAhead();
        Cluster cluster = name == null ? null : clusters.get(name);
        NameCache names = cluster == null ? null : cluster.names();
        if (names == null) {
            return Verdict.CONTINUE;
        }
        String authority = exchange.head().authority();
        exchange.state(STATE, authority);
        NameCache.Outcome known = names.known(authority);
        if (known == NameCache.Outcome.FOUND) {
            return Verdict.CONTINUE;
        }
        if (known == null) {
            names.resolve(authority, exchange.loop(), outcome -> onOutcome(exchange, outcome));
        } else {
            onOutcome(exchange, known);
        }
        return Verdict.STOP;
    }

    private static void onOutcome(Exchange exchange, NameCache.Outcome outcome) {
        switch (outcome) {
            case FOUND -> exchange.resume();
            case FAILED ->
                exchange.reply(LocalReply.of(
                        503, "DNS resolution failure", ResponseFlag.DNS_RESOLUTION_FAILED, "dns_resolution_failure"));
            case FULL ->
                exchange.reply(
                        LocalReply.of(503, "DNS cache overflow", ResponseFlag.UPSTREAM_OVERFLOW, "dns_cache_overflow"));
        }
    }
}
