package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.route.HostRewrite;
import dev.lateen.proxy.route.PathRewrite;
import dev.lateen.proxy.route.RouteAction.ClusterChoice;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.WeightedCluster;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.stream.StreamInfo;
import org.jspecify.annotations.Nullable;

/// Which cluster a request goes to, and what becomes of its path and authority on the way.
///
/// Thread: any.
final class RequestTarget {
    private RequestTarget() {}

    /// The pick among weighted clusters, or null where the route has none.
    static @Nullable WeightedCluster weighted(ClusterChoice choice, RequestHead head, long random) {
        if (!(choice instanceof ClusterChoice.Weighted choices)) {
            return null;
        }
        if (!choices.header().isEmpty()) {
            String given = head.headers().get(choices.header());
            long number = given == null ? -1 : RetryState.number(given);
            if (number >= 0) {
                return choices.pick(number << 1);
            }
        }
        return choices.pick(random);
    }

    static @Nullable String cluster(ClusterChoice choice, @Nullable WeightedCluster weighted, RequestHead head) {
        if (weighted != null) {
            return weighted.name(head);
        }
        return switch (choice) {
            case ClusterChoice.Named(String name) -> name;
            case ClusterChoice.FromHeader(String header) -> HeaderMatcher.value(head, header);
            case ClusterChoice.Weighted _ -> null;
        };
    }

    /// The cluster that a request goes to if nothing changes it any more.
    static @Nullable String clusterAhead(@Nullable RouteEntry entry, RequestHead head, long random) {
        return entry != null && entry.route().action() instanceof Forward forward
                ? cluster(forward.cluster(), weighted(forward.cluster(), head, random), head)
                : null;
    }

    /// What a weighted cluster changes, before its route does.
    static void change(RequestHead head, Forward forward, WeightedCluster weighted, StreamInfo info) {
        weighted.headers().request().applyTo(head, info);
        if (!weighted.hostRewrite().isEmpty()) {
            boolean last = forward.rewrites().host() instanceof HostRewrite.Unchanged;
            authority(head, weighted.hostRewrite(), last && forward.rewrites().appendForwardedHost(), false);
        }
    }

    @SuppressWarnings("ReferenceEquality") // NONE is one object, and most routes have it
    static void rewrite(RequestHead head, RouteEntry entry, Forward forward, StreamInfo info, boolean tellOriginal) {
        boolean append = forward.rewrites().appendForwardedHost();
        String host = host(forward.rewrites().host(), head);
        if (host != null && !host.isEmpty()) {
            authority(head, host, append, tellOriginal);
        }
        PathRewrite path = forward.rewrites().path();
        if (path != PathRewrite.NONE) {
            String old = head.path();
            String changed = path.apply(old, entry.route().match().path());
            if (info.originalPath == null) {
                info.originalPath = old;
            }
            if (tellOriginal) {
                head.headers().set("x-envoy-original-path", old);
            }
            head.path(changed);
        }
    }

    private static @Nullable String host(HostRewrite rewrite, RequestHead head) {
        return switch (rewrite) {
            case HostRewrite.Unchanged _, HostRewrite.Endpoint _ -> null;
            case HostRewrite.Literal(String host) -> host;
            case HostRewrite.FromHeader(String name) -> head.headers().get(name);
            case HostRewrite.FromPath(var pattern, String substitution) ->
                pattern.matcher(head.pathOnly()).replaceAll(substitution);
        };
    }

    /// @param tellOriginal in headers of Envoy's
    static void authority(RequestHead head, String host, boolean appendForwardedHost, boolean tellOriginal) {
        Headers headers = head.headers();
        if (tellOriginal && !head.authority().isEmpty()) {
            headers.set("x-envoy-original-host", head.authority());
        }
        if (appendForwardedHost && !head.authority().isEmpty()) {
            String old = headers.getJoined("x-forwarded-host");
            headers.set("x-forwarded-host", old == null ? head.authority() : old + "," + head.authority());
        }
        head.authority(host);
    }
}
