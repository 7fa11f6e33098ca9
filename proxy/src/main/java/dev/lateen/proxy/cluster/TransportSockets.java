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

    /// Plain bytes, or TLS.
    public sealed interface TransportSocket {
        enum Plain implements TransportSocket {
            INSTANCE
        }

        record Tls(UpstreamTls tls) implements TransportSocket {}
    }

    /// Null: plain.
    @Nullable
    UpstreamTls of(Metadata endpoint) {
        TransportSocket socket = standard;
        for (Match match : matches) {
            if (matches(match.criteria, endpoint)) {
                socket = match.socket;
                break;
            }
        }
        return switch (socket) {
            case TransportSocket.Plain _ -> null;
            case TransportSocket.Tls(UpstreamTls tls) -> tls;
        };
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
