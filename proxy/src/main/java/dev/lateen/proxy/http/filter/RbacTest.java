package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.route.PathRewrite;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One condition of a policy, on what is asked for (permission) or on who asks (principal).
///
/// Source: envoy.config.rbac.v3.Permission and Principal. Thread: any (immutable).
public sealed interface RbacTest {
    boolean matches(Exchange exchange);

    record Any(boolean value) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            return value;
        }
    }

    record And(List<RbacTest> tests) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            for (int index = 0; index < tests.size(); index++) {
                if (!tests.get(index).matches(exchange)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Or(List<RbacTest> tests) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            for (int index = 0; index < tests.size(); index++) {
                if (tests.get(index).matches(exchange)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(RbacTest test) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            return !test.matches(exchange);
        }
    }

    record Header(HeaderMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            return matcher.matches(exchange.head());
        }
    }

    /// The path without its query.
    record UrlPath(StringMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            return matcher.matches(PathRewrite.pathOnly(exchange.head().path()));
        }
    }

    /// @param last inclusive
    record DestinationPort(int first, int last) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            return exchange.info().downstreamLocal instanceof InetSocketAddress inet
                    && inet.getPort() >= first
                    && inet.getPort() <= last;
        }
    }

    record Ip(Which which, CidrRange range) implements RbacTest {
        /// Which address is compared.
        public enum Which {
            DESTINATION,
            /// The peer of the socket.
            DIRECT,
            /// The client, as PROXY protocol or `x-forwarded-for` tells.
            REMOTE
        }

        @Override
        public boolean matches(Exchange exchange) {
            StreamInfo info = exchange.info();
            SocketAddress address = switch (which) {
                case DESTINATION -> info.downstreamLocal;
                case DIRECT -> info.downstreamDirectRemote;
                case REMOTE -> info.downstreamRemote;
            };
            return address instanceof InetSocketAddress inet
                    && inet.getAddress() != null
                    && range.contains(inet.getAddress());
        }
    }

    record ServerName(StringMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            String name = exchange.info().requestedServerName;
            return matcher.matches(name == null ? "" : name);
        }
    }

    /// The client's certificate was verified and, where a matcher is given, its URI name matches.
    record Authenticated(Optional<StringMatcher> principal) implements RbacTest {
        @Override
        public boolean matches(Exchange exchange) {
            StreamInfo info = exchange.info();
            if (principal.isEmpty()) {
                return info.downstreamMutualTls;
            }
            return info.downstreamPeerUri != null && principal.get().matches(info.downstreamPeerUri);
        }
    }

    /// The client's SPIFFE id without `spiffe://`, as Istio's filter state holds it.
    record PeerPrincipal(StringMatcher matcher) implements RbacTest {
        private static final String SCHEME = "spiffe://";

        @Override
        public boolean matches(Exchange exchange) {
            String uri = exchange.info().downstreamPeerUri;
            return uri != null && (matcher.matches(uri) || matcher.matches(withoutScheme(uri)));
        }

        private static String withoutScheme(@Nullable String uri) {
            String text = uri == null ? "" : uri;
            return text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        }
    }
}
