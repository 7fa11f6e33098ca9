package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.authz.ExtAuthzConfig;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.jwt.JwtConfig;
import dev.lateen.proxy.ratelimit.LocalRateLimitConfig;
import dev.lateen.proxy.ratelimit.RateLimitConfig;
import dev.lateen.proxy.rbac.RbacConfig;
import dev.lateen.proxy.telemetry.MetricsConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The decoded configuration of one HTTP filter.
///
/// Thread: any (immutable).
public sealed interface FilterConfig {
    /// The end of every chain: forwarding.
    ///
    /// @param suppressEnvoyHeaders leave `x-envoy-*` out of responses, and old paths and hosts out of requests
    /// @param respectExpectedTimeout take the time that a proxy before us told as the limit
    record Router(boolean suppressEnvoyHeaders, boolean respectExpectedTimeout) implements FilterConfig {
        /// Whether upstreams are told which path and host the client asked for, where these are rewritten.
        public boolean tellsOriginal() {
            return !suppressEnvoyHeaders;
        }
    }

    /// Delays and aborts on purpose.
    ///
    /// Source: envoy.extensions.filters.http.fault.v3.HTTPFault.
    ///
    /// @param delayNanos 0: none
    /// @param delayByHeader whether requests say for how long, and how many of them
    /// @param abortStatus HTTP status; 0: none
    /// @param abortGrpcStatus -1: none
    /// @param abortByHeader whether requests say with what, and how many of them
    /// @param headers all must match for a request to be touched
    record Fault(
            Fraction delayShare,
            long delayNanos,
            boolean delayByHeader,
            Fraction abortShare,
            int abortStatus,
            int abortGrpcStatus,
            boolean abortByHeader,
            List<HeaderMatcher> headers)
            implements FilterConfig {
        static final Fault NONE = new Fault(Fraction.NONE, 0, false, Fraction.NONE, 0, -1, false, List.of());
    }

    /// Answers cross-origin questions as routes say.
    record Cors() implements FilterConfig {}

    /// What a route allows other origins. Empty texts are not sent.
    ///
    /// Source: envoy.extensions.filters.http.cors.v3.CorsPolicy.
    record CorsPolicy(
            List<StringMatcher> origins,
            String methods,
            String headers,
            String exposed,
            String maxAge,
            boolean credentials,
            boolean forwardUnmatched,
            boolean enabled)
            implements FilterConfig {}

    /// Access control.
    record Rbac(RbacConfig config) implements FilterConfig {}

    /// Checks tokens of end users.
    record Jwt(JwtConfig config) implements FilterConfig {}

    /// Which of the filter's named requirements a route has.
    ///
    /// @param requirement empty: none at all
    record JwtRoute(String requirement) implements FilterConfig {}

    /// Asks a server outside.
    record ExtAuthz(ExtAuthzConfig config) implements FilterConfig {}

    /// What a route says of that.
    record ExtAuthzRoute(ExtAuthzConfig.Route config) implements FilterConfig {}

    /// Asks a rate limit service.
    record RateLimit(RateLimitConfig config) implements FilterConfig {}

    /// What a route says of that.
    record RateLimitRoute(RateLimitConfig.Route config) implements FilterConfig {}

    /// Limits requests by what this proxy counts.
    record LocalRateLimit(LocalRateLimitConfig config) implements FilterConfig {}

    /// Counts gRPC messages.
    record GrpcStats() implements FilterConfig {}

    /// Tells the peer who we are and learns who it is.
    ///
    /// @param downstream what is done towards clients: read their headers, answer with ours
    /// @param upstream towards servers: send ours, read those of their answers
    /// @param skipExternal not towards servers outside the mesh
    record PeerMetadata(Side downstream, Side upstream, boolean skipExternal) implements FilterConfig {
        /// @param discovers reads the peer's headers
        /// @param propagates sends our own
        record Side(boolean discovers, boolean propagates) {
            boolean isIdle() {
                return !discovers && !propagates;
            }
        }
    }

    /// Keeps sessions with one host.
    ///
    /// @param state null where only routes say how
    /// @param strict no other host will do
    record Session(@Nullable SessionState state, boolean strict) implements FilterConfig {}

    /// Waits for the address of the name that a request asks for.
    record DynamicForward() implements FilterConfig {}

    /// Istio's standard metrics.
    record IstioStats(MetricsConfig config) implements FilterConfig {}

    /// Chooses the ALPN for upstreams; done where upstream TLS is set up.
    record Alpn() implements FilterConfig {}
}
