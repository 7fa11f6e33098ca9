package dev.lateen.translate;

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
import java.util.Set;

/// Services with a wildcard name whose hosts the proxy looks up when they are asked for (`DYNAMIC_DNS`): by the
/// request's host where it is HTTP, by the server name where it is TLS.
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
        cluster.getClusterTypeBuilder()
                .setName("envoy.clusters.dynamic_forward_proxy")
                .setTypedConfig(Protos.any(ClusterConfig.newBuilder()
                        .setDnsCacheConfig(cache(service, scene))
                        .setAllowInsecureClusterOptions(insecure)
                        .build()));
        cluster.setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED);
    }

    /// The filters that find the addresses of these services' hosts, before the router.
    static List<HttpFilter> http(Iterable<MeshService> services, Scene scene) {
        Set<DnsCacheConfig> caches = new LinkedHashSet<>();
        for (MeshService service : services) {
            if (concerns(service)) {
                caches.add(cache(service, scene));
            }
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

    /// The same wherever it stands, so that cluster and filters share the names.
    private static DnsCacheConfig cache(MeshService service, Scene scene) {
        return DnsCacheConfig.newBuilder()
                .setName(service.hostname() + "_dfp_dns_cache")
                .setDnsLookupFamily(OutboundClusters.dnsFamily(scene))
                .build();
    }
}
