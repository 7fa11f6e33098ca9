package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import dev.lateen.model.tree.Node.Mapping;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What ProxyConfig says of the traffic of a proxy; what is empty is left to the wider settings. Source: Istio,
/// `ProxyConfig`. Thread: any.
public record ProxyTraffic(
        Optional<GatewayTopology> gatewayTopology,
        ProxyHeaders headers,
        Optional<ConnectionSettings> connectionSettings) {
    public static final ProxyTraffic NONE = new ProxyTraffic(Optional.empty(), ProxyHeaders.NONE, Optional.empty());
    private static final String TOPOLOGY = "gatewayTopology";
    private static final String HEADERS = "proxyHeaders";
    private static final String CONNECTIONS = "connectionSettings";
    private static final Set<String> FIELDS = Set.of(TOPOLOGY, HEADERS, CONNECTIONS);

    static ProxyTraffic of(Reader in) {
        return new ProxyTraffic(
                in.object(TOPOLOGY, GatewayTopology::of),
                in.object(HEADERS, ProxyHeaders::of).orElse(ProxyHeaders.NONE),
                in.object(CONNECTIONS, ConnectionSettings::of));
    }

    /// As it holds of one proxy: what its own settings say goes before the mesh's. Headers count one by one, the others
    /// as a whole, as annotations do.
    public static ProxyTraffic of(ProxyNode node, MeshConfig mesh) {
        ProxyTraffic all = own(node.metadata().proxyConfig())
                .map(own -> own.or(mesh.proxy().traffic()))
                .orElse(mesh.proxy().traffic());
        return node.isRouter() && all.connectionSettings.isPresent()
                ? new ProxyTraffic(
                        all.gatewayTopology, all.headers, all.connectionSettings.map(ConnectionSettings::ofRouter))
                : all;
    }

    private static Optional<ProxyTraffic> own(Map<String, ?> proxyConfig) {
        return proxyConfig.keySet().stream().anyMatch(FIELDS::contains)
                ? Optional.of(Reader.document(Mapping.of(proxyConfig), "ProxyConfig", ProxyTraffic::of)
                        .value())
                : Optional.empty();
    }

    private ProxyTraffic or(ProxyTraffic wider) {
        return new ProxyTraffic(
                gatewayTopology.or(wider::gatewayTopology),
                headers.or(wider.headers),
                connectionSettings.or(wider::connectionSettings));
    }

    /// What stands before the proxy, where it is a gateway.
    public GatewayTopology topology() {
        return gatewayTopology.orElse(GatewayTopology.NONE);
    }

    public ConnectionSettings connections() {
        return connectionSettings.orElse(ConnectionSettings.NONE);
    }
}
