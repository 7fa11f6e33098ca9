package dev.lateen.proxy.http.filter;

/// The decoded configuration of one HTTP filter.
///
/// Thread: any (immutable).
public sealed interface FilterConfig {
    /// The end of every chain: forwarding.
    ///
    /// @param suppressEnvoyHeaders leave `x-envoy-*` out of responses
    /// @param respectExpectedTimeout take the time that a proxy before us told as the limit
    record Router(boolean suppressEnvoyHeaders, boolean respectExpectedTimeout) implements FilterConfig {}
}
