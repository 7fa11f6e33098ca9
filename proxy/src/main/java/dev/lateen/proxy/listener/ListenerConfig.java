package dev.lateen.proxy.listener;

import dev.lateen.proxy.accesslog.AccessLogConfig;
import dev.lateen.proxy.downstream.Direction;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// A decoded listener.
///
/// Source: envoy.config.listener.v3.Listener. Thread: any (immutable).
///
/// @param socket what the kernel's socket is made of; a listener whose socket stays the same keeps it through changes
/// @param useOriginalDst hand a connection to the listener at its original destination, if there is one
/// @param filters what is looked at before a filter chain is chosen
/// @param standard the chain for connections that no other takes
/// @param accessLogs written at the end of connections that found no chain
/// @param fingerprint equal for equal resources
public record ListenerConfig(
        String name,
        SocketConfig socket,
        boolean useOriginalDst,
        Direction direction,
        ListenerFilters filters,
        List<FilterChainConfig> chains,
        Optional<FilterChainConfig> standard,
        List<AccessLogConfig> accessLogs,
        String fingerprint) {
    public static final int DEFAULT_BUFFER_LIMIT_BYTES = 1 << 20;

    public ListenerConfig {
        chains = List.copyOf(chains);
        accessLogs = List.copyOf(accessLogs);
    }

    /// The chains and the default one.
    public List<FilterChainConfig> allChains() {
        return Stream.concat(chains.stream(), standard.stream()).toList();
    }

    /// @param bind false for listeners that only get connections handed over
    /// @param transparent IP_TRANSPARENT, for TPROXY
    /// @param bufferLimitBytes what one connection may have waiting to be written
    public record SocketConfig(
            List<SocketAddress> addresses, boolean bind, boolean transparent, int backlog, int bufferLimitBytes) {
        public SocketConfig {
            addresses = List.copyOf(addresses);
        }
    }

    /// @param originalSourceMark whether upstreams see the client's address, and the mark of those sockets
    /// @param proxyProtocol looked for before anything else
    /// @param timeout for all of them together; zero means none
    /// @param continueOnTimeout choose a chain by what is known then, instead of closing
    public record ListenerFilters(
            boolean originalDst,
            OptionalInt originalSourceMark,
            Optional<PortPredicate> tlsInspector,
            Optional<PortPredicate> httpInspector,
            Optional<ProxyProtocolConfig> proxyProtocol,
            Duration timeout,
            boolean continueOnTimeout) {
        public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    }
}
