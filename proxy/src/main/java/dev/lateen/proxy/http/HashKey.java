package dev.lateen.proxy.http;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.route.HashPolicy;
import dev.lateen.proxy.route.QueryMatcher;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hash by which consistent load balancing keeps like requests on one host.
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
                hash = Long.rotateLeft(hash, 1) ^ hash(value);
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
                path.info().downstreamRemote instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? inet.getAddress().getHostAddress()
                        : null;
            case HashPolicy.QueryParameter query -> QueryMatcher.find(head.path(), query.name());
        };
    }

    /// FNV-1a over the characters, then mixed, so that near values lie far apart.
    private static long hash(String value) {
        long hash = 0xcbf29ce484222325L;
        for (int index = 0; index < value.length(); index++) {
            hash = (hash ^ value.charAt(index)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0x9E3779B97F4A7C15L;
        return hash ^ (hash >>> 29);
    }
}
