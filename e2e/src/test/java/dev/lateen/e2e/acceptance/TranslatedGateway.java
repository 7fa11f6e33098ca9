package dev.lateen.e2e.acceptance;

import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.translate.Translator;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;

/// What a mesh's resources make of a gateway, as a bootstrap of its own: text, checks, translation.
public final class TranslatedGateway {
    private TranslatedGateway() {}

    /// @param plane metadata that tells which data plane it is
    /// @param ports those of its listeners that count
    public static Bootstrap bootstrap(String yaml, String plane, Collection<Integer> ports) throws IOException {
        return bootstrap(yaml, plane, ports, UnaryOperator.identity());
    }

    /// @param changed what the test's machine needs in the text of a resource
    public static Bootstrap bootstrap(
            String yaml, String plane, Collection<Integer> ports, UnaryOperator<String> changed) throws IOException {
        return bootstrap(Seat.GATEWAY, yaml, plane, ports, changed);
    }

    /// The same for a proxy that sits elsewhere.
    public static Bootstrap bootstrap(
            Seat seat, String yaml, String plane, Collection<Integer> ports, UnaryOperator<String> changed)
            throws IOException {
        return bootstrap(seat, Mesh.of("gateway", yaml), plane, ports, changed);
    }

    public static Bootstrap bootstrap(
            Seat seat, Mesh mesh, String plane, Collection<Integer> ports, UnaryOperator<String> changed)
            throws IOException {
        return bootstrap(mesh, seat.node(plane), ports, changed);
    }

    /// The same for a gateway that has settings of its own.
    public static Bootstrap bootstrap(String yaml, String plane, Collection<Integer> ports, Map<String, ?> proxyConfig)
            throws IOException {
        ProxyNode node = Seat.GATEWAY.node(plane, proxyConfig);
        return bootstrap(Mesh.of("gateway", yaml), node, ports, UnaryOperator.identity());
    }

    static Bootstrap bootstrap(Mesh mesh, ProxyNode node, Collection<Integer> ports, UnaryOperator<String> changed)
            throws IOException {
        XdsResources resources = new Translator().translate(mesh.snapshot(), node);
        var all = new StaticResources(resources).bootstrap().getStaticResources();
        Bootstrap bootstrap = new Bootstrap();
        ProtoJson json = new ProtoJson();
        for (Cluster cluster : all.getClustersList()) {
            bootstrap.rawCluster(changed.apply(json.print(cluster)));
        }
        for (Listener listener : all.getListenersList()) {
            if (ports.contains(listener.getAddress().getSocketAddress().getPortValue())) {
                bootstrap.rawListener(changed.apply(json.print(listener)));
            }
        }
        return bootstrap;
    }
}
