package dev.lateen.proxy.listener;

import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.tls.DownstreamTlsConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What serves the connections that `match` takes.
///
/// Source: envoy.config.listener.v3.FilterChain. Thread: any (immutable).
///
/// @param tls one for each certificate; empty for plaintext
/// @param handshakeTimeout for TLS; zero means none
/// @param filters in order; the last one is terminal
/// @param fingerprint equal for equal chains: such a chain keeps its connections through a change of its listener
public record FilterChainConfig(
        String name,
        FilterChainMatch match,
        List<DownstreamTlsConfig> tls,
        Duration handshakeTimeout,
        List<NetworkFilterConfig> filters,
        String fingerprint) {
    public FilterChainConfig {
        tls = List.copyOf(tls);
        filters = List.copyOf(filters);
    }

    /// The filter that ends the chain: HTTP or TCP.
    public NetworkFilterConfig terminal() {
        return filters.getLast();
    }

    /// Where its routes come from; empty of a chain that is not for HTTP.
    public Optional<HttpConnectionManagerConfig.RouteSource> routes() {
        return terminal() instanceof NetworkFilterConfig.Http(HttpConnectionManagerConfig http, var _)
                ? Optional.of(http.routes())
                : Optional.empty();
    }
}
