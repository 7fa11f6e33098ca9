package dev.lateen.translate;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.DestinationRule.Subset;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Filter chains of a gateway between networks (`AUTO_PASSTHROUGH`): one for each cluster of the services that it may
/// reach, by the name and the protocols that the mesh's mutual TLS asks for. Connections are passed on unopened.
///
/// Source: Istio, "ServerTLSSettings.TLSmode". Thread: control loop.
final class SniChains {
    /// What clients of the mesh offer in their hello. Others would reach ports that take plain text too.
    private static final List<String> MESH_ALPN =
            List.of("istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2");

    private final Scene scene;

    SniChains(Scene scene) {
        this.scene = scene;
    }

    /// @param hosts that the server lets through
    List<FilterChain> of(List<String> hosts) {
        List<FilterChain> chains = new ArrayList<>();
        for (MeshService service : scene.outbound().services()) {
            boolean reached = !service.meshExternal()
                    && service.resolution() != Resolution.ALIAS
                    && hosts.stream().anyMatch(host -> Hostname.isSubsetOf(service.hostname(), host));
            if (!reached) {
                continue;
            }
            List<Subset> subsets = rule(service).map(DestinationRule::subsets).orElse(List.of());
            for (ServicePort port : service.ports()) {
                if (port.protocol() != Protocol.UDP) {
                    chains.add(chain(service, port, ""));
                    subsets.forEach(subset -> chains.add(chain(service, port, subset.name())));
                }
            }
        }
        return chains;
    }

    private Optional<DestinationRule> rule(MeshService service) {
        return scene.outbound().destinationRule(service, scene.node().labels());
    }

    private FilterChain chain(MeshService service, ServicePort port, String subset) {
        return FilterChain.newBuilder()
                .setFilterChainMatch(FilterChainMatch.newBuilder()
                        .addServerNames(Names.sni(port.port(), subset, service.hostname()))
                        .addAllApplicationProtocols(MESH_ALPN))
                .addAllFilters(TcpProxies.unopened(scene, service, port, subset))
                .setTransportSocketConnectTimeout(FilterChains.HANDSHAKE_TIMEOUT)
                .build();
    }
}
