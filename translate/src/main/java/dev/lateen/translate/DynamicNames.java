package dev.lateen.translate;

import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Hosts that the proxy looks up when they are asked for: those of services with a wildcard name (`DYNAMIC_DNS`), by
/// the
/// request's host where it is HTTP, by the server name where it is TLS; and where the mesh wants it
/// (`ALLOW_ANY_DYNAMIC_DNS`) those that no registry knows, by the request's host.
final class DynamicNames {
    private DynamicNames() {}

    static boolean concerns(MeshService service) {
        return service.resolution() == Resolution.DYNAMIC_DNS;
    }

    /// Whether traffic to the port tells the host by which it is to be sent on.
    /// HTTPS is none of them, as in Istio.
    static boolean serves(ServicePort port) {
        return port.protocol().isHttp() || port.protocol() == Protocol.TLS;
    }

    static void discovery(Cluster.Builder cluster, MeshService service, boolean insecure, Scene scene) {
        discovery(cluster, cache(service, scene), insecure);
    }

    private static void discovery(Cluster.Builder cluster, DnsCacheConfig cache, boolean insecure) {
        cluster.getClusterTypeBuilder()
                .setName("envoy.clusters.dynamic_forward_proxy")
                .setTypedConfig(Protos.any(ClusterConfig.newBuilder()
                        .setDnsCacheConfig(cache)
                        .setAllowInsecureClusterOptions(insecure)
                        .build()));
        cluster.setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED);
    }

    /// Where plain HTTP to hosts that no registry knows goes, if they are looked up.
    static Optional<Cluster> unknown(Scene scene) {
        if (!concernsUnknown(scene)) {
            return Optional.empty();
        }
        Optional<ClientTls> tls = scene.mesh().outboundTrafficPolicy().flatMap(Sidecar.OutboundPolicy::tls);
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(Names.ALLOW_ANY_DYNAMIC_DNS)
                .setAltStatName(Names.stat(Names.ALLOW_ANY_DYNAMIC_DNS))
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()));
        discovery(
                cluster,
                unknownCache(scene),
                tls.flatMap(ClientTls::insecureSkipVerify).orElse(false));
        Optional<ConnectionPool> pool = scene.mesh().baseline().connectionPool();
        TrafficPolicies.connectionPool(cluster, pool, scene.mesh().tcpKeepalive());
        scene.mesh().baseline().outlierDetection().ifPresent(o -> TrafficPolicies.outlierDetection(cluster, o));
        // An upstream that is reached by TLS is told no protocol, and takes HTTP/1.1 then.
        boolean secured = tls.filter(t -> !t.mode().equals("DISABLE")).isPresent();
        Protocol protocol = secured ? Protocol.HTTP : Protocol.AUTO;
        HttpUpstream.apply(
                scene, cluster, protocol, false, pool, HttpUpstream.Naming.of(tls, protocol, true), List.of());
        tls.ifPresent(t -> UpstreamTls.apply(
                cluster, t, new UpstreamTls.Peer("", List.of(), List.of(), protocol, false, false), scene));
        return Optional.of(cluster.build());
    }

    private static boolean concernsUnknown(Scene scene) {
        return !scene.isRouter() && !scene.isProxyless() && scene.outbound().looksUpAny();
    }

    /// The filters that find the addresses of these services' hosts, before the router, and of unknown ones.
    static List<HttpFilter> http(Iterable<MeshService> services, Scene scene) {
        Set<DnsCacheConfig> caches = new LinkedHashSet<>();
        for (MeshService service : services) {
            if (concerns(service)) {
                caches.add(cache(service, scene));
            }
        }
        if (concernsUnknown(scene)) {
            caches.add(unknownCache(scene));
        }
        List<HttpFilter> filters = new ArrayList<>();
        for (DnsCacheConfig cache : caches) {
            filters.add(HttpFilter.newBuilder()
                    .setName("envoy.filters.http.dynamic_forward_proxy")
                    .setTypedConfig(Protos.any(
                            FilterConfig.newBuilder().setDnsCacheConfig(cache).build()))
                    .build());
        }
        return filters;
    }

    /// The filter that finds the address of the host that a client's handshake names.
    static Filter tls(MeshService service, int port, Scene scene) {
        return Filter.newBuilder()
                .setName("envoy.extensions.filters.network.sni_dynamic_forward_proxy")
                .setTypedConfig(
                        Protos.any(io.envoyproxy.envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3
                                .FilterConfig.newBuilder()
                                .setDnsCacheConfig(cache(service, scene))
                                .setPortValue(port)
                                .build()))
                .build();
    }

    private static DnsCacheConfig cache(MeshService service, Scene scene) {
        return cache(service.hostname(), scene);
    }

    private static DnsCacheConfig unknownCache(Scene scene) {
        return cache(Names.ALLOW_ANY_DYNAMIC_DNS, scene);
    }

    /// The same wherever it stands, so that cluster and filters share the names.
    private static DnsCacheConfig cache(String owner, Scene scene) {
        return DnsCacheConfig.newBuilder()
                .setName(owner + "_dfp_dns_cache")
                .setDnsLookupFamily(OutboundClusters.dnsFamily(scene))
                .build();
    }
}
