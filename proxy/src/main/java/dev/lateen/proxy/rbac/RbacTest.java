package dev.lateen.proxy.rbac;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.CidrSet;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One condition of a policy, on what is asked for (permission) or on who asks (principal).
///
/// Source: envoy.config.rbac.v3.Permission and Principal. Thread: any (immutable).
public sealed interface RbacTest {
    boolean matches(StreamInfo info);

    /// One of several tests; a single one stands for itself.
    static RbacTest any(List<RbacTest> tests) {
        return AnyOf.of(tests);
    }

    /// Every one of several tests.
    static RbacTest all(List<RbacTest> tests) {
        return tests.size() == 1 ? tests.getFirst() : new And(tests);
    }

    /// Anybody, anything.
    enum Any implements RbacTest {
        INSTANCE;

        @Override
        public boolean matches(StreamInfo info) {
            return true;
        }
    }

    record And(List<RbacTest> tests) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            for (int index = 0; index < tests.size(); index++) {
                if (!tests.get(index).matches(info)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Or(List<RbacTest> tests) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            for (int index = 0; index < tests.size(); index++) {
                if (tests.get(index).matches(info)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(RbacTest test) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            return !test.matches(info);
        }
    }

    /// Only of requests: the decoder refuses it for connections.
    record Header(HeaderMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            RequestHead head = info.request;
            return head != null && matcher.matches(head);
        }
    }

    /// The path without its query. A connection has none: no path matches there.
    record UrlPath(StringMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            RequestHead head = info.request;
            return head != null && matcher.matches(head.pathOnly());
        }
    }

    /// @param last inclusive
    record DestinationPort(int first, int last) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            return info.downstreamLocal instanceof InetSocketAddress inet
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
            REMOTE;

            /// Null where it is none of the Internet.
            @Nullable
            InetAddress of(StreamInfo info) {
                SocketAddress address = switch (this) {
                    case DESTINATION -> info.downstreamLocal;
                    case DIRECT -> info.downstreamDirectRemote;
                    case REMOTE -> info.downstreamRemote;
                };
                return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
            }
        }

        @Override
        public boolean matches(StreamInfo info) {
            InetAddress address = which.of(info);
            return address != null && range.contains(address);
        }
    }

    /// Many ranges at once.
    record IpIn(Ip.Which which, CidrSet ranges) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            InetAddress address = which.of(info);
            return address != null && ranges.contains(address);
        }
    }

    record ServerName(StringMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            String name = info.requestedServerName;
            return matcher.matches(name == null ? "" : name);
        }
    }

    /// The client came over TLS; where a matcher is given, with a certificate one of whose names matches: URI names,
    /// DNS names and the subject, in this order.
    record Authenticated(Optional<StringMatcher> principal) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            if (principal.isEmpty()) {
                return info.downstreamTls;
            }
            StringMatcher matcher = principal.get();
            List<String> names = info.downstreamPeerNames;
            for (int index = 0; index < names.size(); index++) {
                if (matcher.matches(names.get(index))) {
                    return true;
                }
            }
            return false;
        }
    }

    /// What filters before this one have found out, such as the claims of a token.
    record Metadata(MetadataMatcher matcher) implements RbacTest {
        @Override
        public boolean matches(StreamInfo info) {
            return matcher.matches(info.metadata(matcher.namespace(), matcher.path()));
        }
    }

    /// The client's SPIFFE id without `spiffe://`, as Istio's filter state holds it.
    record PeerPrincipal(StringMatcher matcher) implements RbacTest {
        private static final String SCHEME = "spiffe://";

        @Override
        public boolean matches(StreamInfo info) {
            String uri = info.downstreamPeerUri;
            return uri != null && (matcher.matches(uri) || matcher.matches(withoutScheme(uri)));
        }

        static String withoutScheme(@Nullable String uri) {
            String text = uri == null ? "" : uri;
            return text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
        }
    }
}
