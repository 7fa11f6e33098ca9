package dev.lateen.proxy.http;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.XxHash64;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.route.HashPolicy;
import dev.lateen.proxy.route.QueryMatcher;
import dev.lateen.proxy.stream.Addresses;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hash by which consistent load balancing keeps like requests on one host: xxHash64 of a header, cookie, address
/// or parameter, as in Envoy, so that in a mesh of both data planes a key has one host.
///
/// Thread: event loop of the request.
final class HashKey {
    private HashKey() {}

    static boolean exists(List<HashPolicy> policies, RequestPath path) {
        for (int index = 0; index < policies.size(); index++) {
            if (value(policies.get(index), path) != null) {
                return true;
            }
        }
        return false;
    }

    static long of(List<HashPolicy> policies, RequestPath path) {
        long hash = 0;
        for (int index = 0; index < policies.size(); index++) {
            HashPolicy policy = policies.get(index);
            String value = value(policy, path);
            if (value != null) {
                hash = Long.rotateLeft(hash, 1) ^ XxHash64.ofBytes(value, 0);
                if (policy.terminal()) {
                    return hash;
                }
            }
        }
        return hash;
    }

    private static @Nullable String value(HashPolicy policy, RequestPath path) {
        RequestHead head = path.head();
        return switch (policy) {
            case HashPolicy.Header header -> HeaderMatcher.value(head, header.name());
            case HashPolicy.Cookie cookie -> StickyCookie.value(cookie, path);
            case HashPolicy.SourceIp _ ->
                path.info().downstreamRemote instanceof InetSocketAddress inet ? Addresses.host(inet) : null;
            case HashPolicy.QueryParameter query -> QueryMatcher.find(head.path(), query.name());
        };
    }
}
