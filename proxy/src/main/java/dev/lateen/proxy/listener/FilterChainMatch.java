package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.CidrRange;
import java.util.List;
import java.util.OptionalInt;

/// Which connections a filter chain takes. Empty lists and texts match all.
///
/// Source: envoy.config.listener.v3.FilterChainMatch. Thread: any (immutable).
///
/// @param destinationPort of the original destination
/// @param serverNames lower case; `*.a.com` covers every name below `a.com`
/// @param transportProtocol `raw_buffer` or `tls`, as the listener filters found
/// @param applicationProtocols ALPN names, or what the HTTP inspector found
public record FilterChainMatch(
        OptionalInt destinationPort,
        List<CidrRange> destinations,
        List<String> serverNames,
        String transportProtocol,
        List<String> applicationProtocols,
        SourceMatch source) {
    public static final FilterChainMatch ALL =
            new FilterChainMatch(OptionalInt.empty(), List.of(), List.of(), "", List.of(), SourceMatch.ALL);

    public FilterChainMatch {
        destinations = List.copyOf(destinations);
        serverNames = List.copyOf(serverNames);
        applicationProtocols = List.copyOf(applicationProtocols);
    }

    public enum SourceType {
        ANY,
        SAME_IP_OR_LOOPBACK,
        EXTERNAL
    }

    /// Where a connection comes from.
    ///
    /// @param direct ranges of the peer's own address, before PROXY protocol
    public record SourceMatch(SourceType type, List<CidrRange> direct, List<CidrRange> ranges, List<Integer> ports) {
        public static final SourceMatch ALL = new SourceMatch(SourceType.ANY, List.of(), List.of(), List.of());

        public SourceMatch {
            direct = List.copyOf(direct);
            ranges = List.copyOf(ranges);
            ports = List.copyOf(ports);
        }
    }
}
