package dev.lateen.proxy.route;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.RoutePriority;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is done with a request whose route is found.
///
/// Thread: any (immutable).
public sealed interface RouteAction {
    /// Sends it to a cluster.
    ///
    /// Source: envoy.config.route.v3.RouteAction.
    ///
    /// @param retry empty: never retried, unless the request's own headers ask for it
    /// @param missingClusterStatus of the answer where the cluster does not exist
    /// @param upgrades what the route says of upgrades, over what the connection manager says
    record Forward(
            ClusterChoice cluster,
            Rewrites rewrites,
            Timeouts timeouts,
            Optional<RetryPolicy> retry,
            List<HashPolicy> hash,
            List<MirrorPolicy> mirrors,
            RoutePriority priority,
            int missingClusterStatus,
            List<UpgradeRule> upgrades,
            RateLimits rateLimits)
            implements RouteAction {
        public Forward {
            hash = List.copyOf(hash);
            mirrors = List.copyOf(mirrors);
            upgrades = List.copyOf(upgrades);
        }
    }

    /// @param type such as `websocket` or `CONNECT`, lower case
    record UpgradeRule(String type, boolean enabled, TunnelEnd end) {}

    /// Which tunnels a route ends, so that what they carry goes to its cluster as it is.
    enum TunnelEnd {
        NONE,
        OF_CONNECT,
        OF_CONNECT_AND_POST
    }

    /// Answers with another place. Empty parts stay as they were.
    ///
    /// Source: envoy.config.route.v3.RedirectAction.
    ///
    /// @param port 0: as it was
    record Redirect(int status, String scheme, String host, int port, PathRewrite path, boolean stripQuery)
            implements RouteAction {
        private static final String HTTP = "http";
        private static final String HTTPS = "https";

        /// @param match of the route, for rewriting the part that it matched
        public String location(RequestHead head, RouteMatch match) {
            String forwarded = head.headers().get("x-forwarded-proto");
            String original = forwarded == null ? head.scheme() : forwarded;
            String finalScheme = scheme.isEmpty() ? original : scheme;
            String finalHost = host.isEmpty() ? oldHost(head.authority(), original, finalScheme) : host;
            return finalScheme + "://" + finalHost + (port == 0 ? "" : ":" + port) + target(head, match);
        }

        private String oldHost(String authority, String oldScheme, String newScheme) {
            int colon = Authority.portAt(authority);
            if (colon < 0) {
                return authority;
            }
            String oldPort = authority.substring(colon + 1);
            boolean obsolete = port != 0
                    || (oldScheme.equals(HTTP) && newScheme.equals(HTTPS) && oldPort.equals("80"))
                    || (oldScheme.equals(HTTPS) && newScheme.equals(HTTP) && oldPort.equals("443"));
            return obsolete ? authority.substring(0, colon) : authority;
        }

        private String target(RequestHead head, RouteMatch match) {
            String old = head.path();
            if (path instanceof PathRewrite.Whole(String whole)) {
                int query = old.indexOf('?');
                return whole.indexOf('?') >= 0 || stripQuery || query < 0 ? whole : whole + old.substring(query);
            }
            String changed = path.apply(old, match.path());
            int query = changed.indexOf('?');
            return stripQuery && query >= 0 ? changed.substring(0, query) : changed;
        }
    }

    /// Answers by itself.
    ///
    /// Source: envoy.config.route.v3.DirectResponseAction.
    record DirectResponse(int status, ByteString body) implements RouteAction {}

    /// Which cluster a request goes to.
    sealed interface ClusterChoice {
        record Named(String cluster) implements ClusterChoice {}

        /// @param name of the header that names the cluster; lower case
        record FromHeader(String name) implements ClusterChoice {}

        /// @param total of the weights, more than 0
        /// @param header names a header with the number to decide by; empty for none
        record Weighted(List<WeightedCluster> clusters, long total, String header) implements ClusterChoice {
            public WeightedCluster pick(long random) {
                long rest = (random >>> 1) % total;
                for (int index = 0; index < clusters.size() - 1; index++) {
                    rest -= clusters.get(index).weight();
                    if (rest < 0) {
                        return clusters.get(index);
                    }
                }
                return clusters.getLast();
            }
        }
    }

    /// @param cluster its name, or empty where `clusterHeader` names it
    /// @param hostRewrite empty: unchanged
    record WeightedCluster(
            String cluster,
            String clusterHeader,
            long weight,
            HeaderChanges headers,
            FilterOverrides overrides,
            String hostRewrite) {
        public @Nullable String name(RequestHead head) {
            return clusterHeader.isEmpty() ? cluster : head.headers().get(clusterHeader);
        }
    }
}
