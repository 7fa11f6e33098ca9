package dev.lateen.proxy.http;

import dev.lateen.net.http.HttpLimits;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.http.filter.FilterConfig;
import dev.lateen.proxy.http.filter.NamedFilter;
import dev.lateen.proxy.route.RouteAction.UpgradeRule;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.tracing.TracingConfig;
import java.util.List;
import java.util.Optional;

/// A decoded HTTP connection manager. Times are nanoseconds, 0 for no limit.
///
/// Source: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager. Thread: any (immutable).
public record HttpConnectionManagerConfig(
        String statPrefix,
        Codec codec,
        HttpLimits limits,
        RouteSource routes,
        List<NamedFilter> filters,
        Times times,
        RequestRules requests,
        ResponseRules responses,
        Optional<TracingConfig> tracing) {
    public HttpConnectionManagerConfig {
        filters = List.copyOf(filters);
    }

    /// Which HTTP the client speaks.
    public enum Codec {
        /// HTTP/2 where ALPN or the preface says so, else HTTP/1.
        AUTO,
        HTTP1,
        HTTP2
    }

    /// Where the routes come from.
    public sealed interface RouteSource {
        record Inline(RouteConfig config) implements RouteSource {}

        /// Discovered by this name.
        record Discovered(String name) implements RouteSource {}
    }

    /// @param connectionIdleNanos without a request
    /// @param streamIdleNanos without a byte of a request or response
    /// @param requestNanos to receive a whole request
    /// @param streamNanos of a whole exchange
    /// @param connectionNanos of a connection; it is drained then
    /// @param maxRequests of a connection, which is drained with the last; 0 for no limit
    public record Times(
            long connectionIdleNanos,
            long streamIdleNanos,
            long requestNanos,
            long streamNanos,
            long connectionNanos,
            long maxRequests) {}

    /// What happens to every request before it is routed.
    ///
    /// @param underscores in fields' names
    /// @param client how the client's address is found
    /// @param certificate what upstreams are told of the client's certificate
    /// @param forward100Continue let the upstream answer `expect: 100-continue`
    public record RequestRules(
            Underscores underscores,
            ClientAddress client,
            ClientCertificate certificate,
            RequestIds ids,
            PathRules path,
            HostRules host,
            List<UpgradeRule> upgrades,
            boolean forward100Continue) {
        public RequestRules {
            upgrades = List.copyOf(upgrades);
        }
    }

    /// What is done with fields that have an underscore in their name: to some servers it is the same as a hyphen.
    public enum Underscores {
        ALLOW,
        REJECT_REQUEST,
        DROP_HEADER
    }

    /// @param useRemote whether this proxy is the edge: the peer's address is the client's
    /// @param trustedHops proxies before us whose `x-forwarded-for` is believed
    /// @param internal addresses whose requests may carry `x-envoy-*` orders
    /// @param schemeOverwrite `http` or `https`, or empty to keep what came
    public record ClientAddress(
            boolean useRemote,
            int trustedHops,
            boolean skipForwardedFor,
            boolean appendForwardedPort,
            List<CidrRange> internal,
            String schemeOverwrite) {
        public ClientAddress {
            internal = List.copyOf(internal);
        }
    }

    /// @param shown the parts of our client's certificate that `SET` modes write
    public record ClientCertificate(Mode mode, Shown shown) {
        public enum Mode {
            SANITIZE,
            FORWARD_ONLY,
            APPEND_FORWARD,
            SANITIZE_SET,
            ALWAYS_FORWARD_ONLY
        }

        public record Shown(boolean subject, boolean cert, boolean chain, boolean dns, boolean uri) {}
    }

    /// @param preserve keep the id of an external client
    /// @param inResponse show it in every response
    public record RequestIds(boolean generate, boolean preserve, boolean inResponse) {}

    public record PathRules(boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
        /// What is done with `%2F` and `%5C`.
        public enum EscapedSlashes {
            KEEP,
            REJECT,
            UNESCAPE_AND_REDIRECT,
            UNESCAPE_AND_FORWARD
        }
    }

    /// @param defaultForHttp10 the host of HTTP/1.0 requests that name none, or empty
    public record HostRules(StripPort stripPort, boolean stripTrailingDot, String defaultForHttp10) {
        public enum StripPort {
            NO,
            /// The listener's own port.
            MATCHING,
            ANY
        }
    }

    /// What every response gets.
    ///
    /// @param via the name added to `via`, or empty
    /// @param own for the proxy's own answers
    public record ResponseRules(String serverName, ServerHeader serverHeader, String via, List<ReplyRule> own) {
        public ResponseRules {
            own = List.copyOf(own);
        }

        public enum ServerHeader {
            OVERWRITE,
            APPEND_IF_ABSENT,
            PASS_THROUGH
        }
    }

    /// The router at the end of the chain.
    public FilterConfig.Router router() {
        return (FilterConfig.Router) filters.getLast().config();
    }
}
