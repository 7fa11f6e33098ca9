package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Metadata;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What secures the connections to each endpoint: the first match on the endpoint's metadata, else the default.
///
/// Source: envoy.config.cluster.v3.Cluster.transport_socket_matches.
public record TransportSockets(List<Match> matches, TransportSocket standard) {
    public static final TransportSockets PLAIN = new TransportSockets(List.of(), TransportSocket.Plain.INSTANCE);
    private static final String NAMESPACE = "envoy.transport_socket_match";

    /// @param criteria all must equal the endpoint's metadata; empty criteria always match
    public record Match(String name, Map<String, Object> criteria, TransportSocket socket) {}

    /// Plain bytes, TLS, or either behind a PROXY header.
    public sealed interface TransportSocket {
        enum Plain implements TransportSocket {
            INSTANCE
        }

        record Tls(UpstreamTls tls) implements TransportSocket {}

        record Relayed(UpstreamProxyProtocol header, TransportSocket inner) implements TransportSocket {}
    }

    /// Null: plain.
    @Nullable
    UpstreamTls of(Metadata endpoint) {
        return tls(socket(endpoint));
    }

    /// The PROXY header that connections begin with, or null for none.
    @Nullable
    UpstreamProxyProtocol proxyProtocol(Metadata endpoint) {
        if (!relays()) {
            return null;
        }
        return switch (socket(endpoint)) {
            case TransportSocket.Plain _, TransportSocket.Tls _ -> null;
            case TransportSocket.Relayed(UpstreamProxyProtocol header, var _) -> header;
        };
    }

    /// Asked for each request, so the endpoint is only looked at where it may matter.
    private boolean relays() {
        for (int index = 0; index < matches.size(); index++) {
            if (matches.get(index).socket instanceof TransportSocket.Relayed) {
                return true;
            }
        }
        return standard instanceof TransportSocket.Relayed;
    }

    private static @Nullable UpstreamTls tls(TransportSocket socket) {
        return switch (socket) {
            case TransportSocket.Plain _ -> null;
            case TransportSocket.Tls(UpstreamTls tls) -> tls;
            case TransportSocket.Relayed(var _, TransportSocket inner) -> tls(inner);
        };
    }

    private TransportSocket socket(Metadata endpoint) {
        for (Match match : matches) {
            if (matches(match.criteria, endpoint)) {
                return match.socket;
            }
        }
        return standard;
    }

    private static boolean matches(Map<String, Object> criteria, Metadata endpoint) {
        for (Map.Entry<String, Object> criterion : criteria.entrySet()) {
            if (!criterion.getValue().equals(endpoint.find(NAMESPACE, criterion.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
