package dev.lateen.proxy.route;

import dev.lateen.proxy.config.HeaderMatcher;
import java.util.List;

/// One entry of a rate limit descriptor: its key, and where its value comes from.
///
/// Source: envoy.config.route.v3.RateLimit.Action. Thread: any (immutable).
public sealed interface RateLimitAction {
    /// The cluster that this proxy's node belongs to.
    record SourceCluster() implements RateLimitAction {}

    /// The cluster that the request goes to.
    record DestinationCluster() implements RateLimitAction {}

    /// The first value of a header.
    ///
    /// @param header lower case, or a pseudo-header
    /// @param optional the entry is left out where there is no value, instead of the whole descriptor
    record Header(String header, String key, boolean optional) implements RateLimitAction {}

    /// The first value of a query parameter, decoded.
    ///
    /// @param optional as with `Header`
    record Query(String parameter, String key, boolean optional) implements RateLimitAction {}

    /// The SPIFFE URI of the client's certificate.
    ///
    /// @param optional as with `Header`
    record PeerIdentity(String key, boolean optional) implements RateLimitAction {}

    /// The address of the client, as far as forwarded headers are trusted.
    record RemoteAddress() implements RateLimitAction {}

    /// The network of that address.
    record MaskedRemoteAddress(int v4Bits, int v6Bits) implements RateLimitAction {}

    /// Always the same.
    record Fixed(String key, String value) implements RateLimitAction {}

    /// A fixed value where all headers match, or where they do not.
    record HeaderMatch(String key, String value, boolean expected, List<HeaderMatcher> headers)
            implements RateLimitAction {
        public HeaderMatch {
            headers = List.copyOf(headers);
        }
    }

    /// A fixed value where all query parameters match, or where they do not.
    record QueryMatch(String key, String value, boolean expected, List<QueryMatcher> parameters)
            implements RateLimitAction {
        public QueryMatch {
            parameters = List.copyOf(parameters);
        }
    }

    /// Text that a filter before has left.
    ///
    /// @param fallback for where there is none; empty: none
    /// @param optional as with `Header`
    record Found(String key, String namespace, List<String> path, String fallback, boolean optional)
            implements RateLimitAction {
        public Found {
            path = List.copyOf(path);
        }
    }
}
