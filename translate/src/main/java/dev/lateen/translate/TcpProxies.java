package dev.lateen.translate;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The network filters of connections that are passed on as bytes.
final class TcpProxies {
    private static final String NAME = "envoy.filters.network.tcp_proxy";

    private TcpProxies() {}

    /// To a cluster that no service stands for.
    static Filter plain(Scene scene, String cluster, Side side) {
        return filter(
                begun(scene).setStatPrefix(cluster).setCluster(cluster).addAllAccessLog(AccessLogs.tcp(scene, side)));
    }

    /// With the proxy's own idle timeout, which rules may overrule.
    private static TcpProxy.Builder begun(Scene scene) {
        TcpProxy.Builder proxy = TcpProxy.newBuilder();
        scene.idleTimeout().ifPresent(time -> proxy.setIdleTimeout(Protos.duration(time)));
        return proxy;
    }

    /// Where connections come from, as Istio's proxies tell each other.
    static List<Filter> peerMetadata(Scene scene) {
        if (!scene.hasIstioFilters()) {
            return List.of();
        }
        return List.of(Filter.newBuilder()
                .setName("istio.metadata_exchange")
                .setTypedConfig(HttpFilters.tcpMetadataExchange())
                .build());
    }

    static List<Filter> inbound(Scene scene, String cluster, String statPrefix) {
        return inbound(
                scene,
                begun(scene)
                        .setStatPrefix(statPrefix)
                        .setCluster(cluster)
                        .addAllAccessLog(AccessLogs.tcp(scene, Side.SERVER)));
    }

    /// Ends connections to the proxy's own port, which would come back for ever. They are not logged.
    static Filter nowhere() {
        return filter(TcpProxy.newBuilder().setStatPrefix(Names.BLACK_HOLE).setCluster(Names.BLACK_HOLE));
    }

    /// The same where they come from outside.
    static List<Filter> blackHole(Scene scene) {
        return inbound(
                scene, TcpProxy.newBuilder().setStatPrefix(Names.BLACK_HOLE).setCluster(Names.BLACK_HOLE));
    }

    private static List<Filter> inbound(Scene scene, TcpProxy.Builder proxy) {
        List<Filter> filters = new ArrayList<>(peerMetadata(scene));
        filters.addAll(scene.accessLists().tcp(scene));
        filters.addAll(Authorization.tcpFilters(scene));
        filters.addAll(MetricsFilters.tcp(scene, Side.SERVER));
        filters.add(filter(proxy));
        return filters;
    }

    /// To a service.
    static List<Filter> outbound(Scene scene, MeshService service, ServicePort port) {
        String cluster = Names.outbound(port.port(), "", service.hostname());
        TcpProxy.Builder proxy = begun(scene)
                .setStatPrefix(statPrefix(scene, service, port, "", cluster))
                .setCluster(cluster);
        policy(scene, proxy, Optional.of(service), "", port.port());
        return named(scene, Optional.of(service), port.port(), outbound(scene, proxy));
    }

    private static List<Filter> named(Scene scene, Optional<MeshService> service, int port, List<Filter> filters) {
        if (service.filter(DynamicNames::concerns).isEmpty()) {
            return filters;
        }
        List<Filter> more = new ArrayList<>(filters);
        more.add(more.size() - 1, DynamicNames.tls(service.get(), port, scene));
        return more;
    }

    /// To the workloads of a service that take mutual TLS, which the proxy does not open.
    static List<Filter> unopened(Scene scene, MeshService service, ServicePort port, String subset) {
        String cluster = Names.sni(port.port(), subset, service.hostname());
        TcpProxy.Builder proxy = begun(scene)
                .setStatPrefix(statPrefix(scene, service, port, subset, cluster))
                .setCluster(cluster);
        policy(scene, proxy, Optional.of(service), subset, port.port());
        return outbound(scene, proxy);
    }

    /// To the destinations of a route.
    static List<Filter> outbound(
            Scene scene, List<WeightedDestination> route, String namespace, int listenPort, String statName) {
        TcpProxy.Builder proxy = begun(scene);
        if (route.size() == 1) {
            WeightedDestination only = route.getFirst();
            String host = Destinations.host(only.destination(), namespace, scene);
            Optional<MeshService> service = scene.outbound().service(host);
            int port = Destinations.port(only.destination(), service, listenPort);
            String cluster = Names.outbound(port, only.destination(), host);
            proxy.setCluster(cluster)
                    .setStatPrefix(service.flatMap(s -> s.port(port)
                                    .map(p -> statPrefix(
                                            scene, s, p, only.destination().subset(), cluster)))
                            .orElse(cluster));
            policy(scene, proxy, service, only.destination().subset(), port);
            return named(scene, service, port, outbound(scene, proxy));
        } else {
            proxy.setStatPrefix(statName);
            first(scene, route.getFirst(), namespace, listenPort, proxy);
            for (WeightedDestination part : route) {
                if (part.weight() <= 0) {
                    continue;
                }
                String host = Destinations.host(part.destination(), namespace, scene);
                int port =
                        Destinations.port(part.destination(), scene.outbound().service(host), listenPort);
                proxy.getWeightedClustersBuilder()
                        .addClusters(TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                                .setName(Names.outbound(port, part.destination(), host))
                                .setWeight(part.weight()));
            }
        }
        return outbound(scene, proxy);
    }

    /// What holds for the connection as a whole comes from the rule of the first destination, and not from its subset,
    /// of which the others know nothing.
    private static void first(
            Scene scene, WeightedDestination to, String namespace, int listenPort, TcpProxy.Builder proxy) {
        String host = Destinations.host(to.destination(), namespace, scene);
        Optional<MeshService> service = scene.outbound().service(host);
        policy(scene, proxy, service, "", Destinations.port(to.destination(), service, listenPort));
    }

    private static String statPrefix(
            Scene scene, MeshService service, ServicePort port, String subset, String cluster) {
        String pattern = scene.mesh().statNames().outbound();
        return pattern.isEmpty() ? cluster : StatNames.fill(pattern, service, port, subset);
    }

    private static void policy(
            Scene scene, TcpProxy.Builder proxy, Optional<MeshService> service, String subset, int port) {
        if (service.isEmpty()) {
            return;
        }
        Optional<DestinationRule> rule =
                scene.outbound().destinationRule(service.get(), scene.node().labels());
        TrafficPolicy policy = EffectivePolicy.of(
                rule, rule.flatMap(r -> r.subset(subset)), port, scene.mesh().baseline());
        policy.connectionPool().flatMap(ConnectionPool::tcp).ifPresent(tcp -> {
            tcp.idleTimeout().ifPresent(t -> proxy.setIdleTimeout(Protos.duration(t)));
            tcp.maxConnectionDuration().ifPresent(t -> proxy.setMaxDownstreamConnectionDuration(Protos.duration(t)));
        });
        policy.loadBalancer()
                .flatMap(TrafficPolicy.LoadBalancer::consistentHash)
                .filter(TrafficPolicy.ConsistentHash::sourceIp)
                .ifPresent(_ -> proxy.addHashPolicy(io.envoyproxy.envoy.type.v3.HashPolicy.newBuilder()
                        .setSourceIp(io.envoyproxy.envoy.type.v3.HashPolicy.SourceIp.getDefaultInstance())));
        policy.tunnel().ifPresent(tunnel -> proxy.setTunnelingConfig(tunnel(tunnel)));
    }

    private static TcpProxy.TunnelingConfig tunnel(TrafficPolicy.Tunnel tunnel) {
        return TcpProxy.TunnelingConfig.newBuilder()
                .setHostname(tunnel.targetHost() + ":" + tunnel.targetPort())
                .setUsePost(tunnel.protocol().equals("POST"))
                .build();
    }

    private static List<Filter> outbound(Scene scene, TcpProxy.Builder proxy) {
        List<Filter> filters = new ArrayList<>();
        if (scene.isRouter()) {
            filters.addAll(scene.accessLists().tcp(scene));
        }
        filters.addAll(MetricsFilters.tcp(scene, Side.CLIENT));
        proxy.addAllAccessLog(AccessLogs.tcp(scene, Side.CLIENT));
        filters.add(filter(proxy));
        return filters;
    }

    private static Filter filter(TcpProxy.Builder proxy) {
        return Filter.newBuilder()
                .setName(NAME)
                .setTypedConfig(Protos.any(proxy.build()))
                .build();
    }
}
