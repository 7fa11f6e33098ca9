package dev.lateen.translate;

import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.mesh.Protocol;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.List;

/// One way in which a connection to a port may start, and what is made of it.
///
/// @param transport `tls` or `raw_buffer`
/// @param alpn offered by the client; empty for any
/// @param mutualTls whether TLS ends here; where it does not, it is passed on to the application
record InboundMatch(String transport, List<String> alpn, boolean http, boolean mutualTls) {
    private static final String TLS = "tls";
    private static final String RAW = "raw_buffer";
    private static final List<String> MESH_HTTP = List.of("istio-http/1.0", "istio-http/1.1", "istio-h2");
    private static final List<String> MESH_TCP = List.of("istio-peer-exchange", "istio");
    private static final List<String> MESH_ANY =
            List.of("istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2");
    private static final List<String> PLAIN_HTTP = List.of("http/1.1", "h2c");

    private static InboundMatch http(String transport, List<String> alpn, boolean mutualTls) {
        return new InboundMatch(transport, alpn, true, mutualTls);
    }

    private static InboundMatch tcp(String transport, List<String> alpn, boolean mutualTls) {
        return new InboundMatch(transport, alpn, false, mutualTls);
    }

    /// The one way for a port whose own TLS ends here, under a policy that turns the mesh's TLS off.
    static List<InboundMatch> ownTls(Protocol protocol) {
        return List.of(
                protocol.isHttp() || protocol == Protocol.HTTPS
                        ? http(TLS, List.of(), true)
                        : tcp(TLS, List.of(), true));
    }

    /// The ways for a port of that protocol under that policy.
    static List<InboundMatch> of(Protocol protocol, Mode mode) {
        if (protocol.isHttp()) {
            return switch (mode) {
                case STRICT -> List.of(http(TLS, List.of(), true));
                case DISABLE -> List.of(http(RAW, List.of(), false));
                case PERMISSIVE, UNSET -> List.of(http(TLS, MESH_ANY, true), http(RAW, List.of(), false));
            };
        }
        if (protocol.isAuto()) {
            return switch (mode) {
                case STRICT -> List.of(http(TLS, MESH_HTTP, true), tcp(TLS, List.of(), true));
                case DISABLE -> List.of(http(RAW, PLAIN_HTTP, false), tcp(RAW, List.of(), false));
                case PERMISSIVE, UNSET ->
                    List.of(
                            http(TLS, MESH_HTTP, true),
                            http(RAW, PLAIN_HTTP, false),
                            tcp(TLS, MESH_TCP, true),
                            tcp(RAW, List.of(), false),
                            tcp(TLS, List.of(), false));
            };
        }
        return switch (mode) {
            case STRICT -> List.of(tcp(TLS, List.of(), true));
            case DISABLE -> List.of(tcp(RAW, List.of(), false));
            case PERMISSIVE, UNSET ->
                List.of(tcp(TLS, MESH_ANY, true), tcp(TLS, List.of(), false), tcp(RAW, List.of(), false));
        };
    }

    FilterChainMatch.Builder condition() {
        return FilterChainMatch.newBuilder().setTransportProtocol(transport).addAllApplicationProtocols(alpn);
    }
}
