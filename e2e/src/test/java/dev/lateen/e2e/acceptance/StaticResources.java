package dev.lateen.e2e.acceptance;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.List;

/// Resources that a proxy would be sent, as a bootstrap that carries them: `envoy --mode validate` looks at nothing
/// else. Routes and endpoints move into the listeners and clusters that would ask for them.
public final class StaticResources {
    private final XdsResources resources;

    public StaticResources(XdsResources resources) {
        this.resources = resources;
    }

    public Bootstrap bootstrap() throws InvalidProtocolBufferException {
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder()
                .setNode(Node.newBuilder().setId("acceptance").setCluster("acceptance"));
        var ads = ApiConfigSource.newBuilder()
                .setApiType(ApiConfigSource.ApiType.GRPC)
                .setTransportApiVersion(ApiVersion.V3)
                .addGrpcServices(GrpcService.newBuilder()
                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("xds-grpc")));
        bootstrap.getDynamicResourcesBuilder().setAdsConfig(ads);
        var to = bootstrap.getStaticResourcesBuilder();
        for (String name : List.of("xds-grpc", "sds-grpc")) {
            to.addClusters(Cluster.newBuilder()
                    .setName(name)
                    .setType(Cluster.DiscoveryType.STATIC)
                    .setLoadAssignment(ClusterLoadAssignment.newBuilder().setClusterName(name)));
        }
        for (EncodedResource resource : resources.ofType(ResourceType.CLUSTER).values()) {
            to.addClusters(cluster(Cluster.parseFrom(resource.any().getValue()).toBuilder()));
        }
        for (EncodedResource resource : resources.ofType(ResourceType.LISTENER).values()) {
            to.addListeners(listener(Listener.parseFrom(resource.any().getValue()).toBuilder()));
        }
        return bootstrap.build();
    }

    private Cluster cluster(Cluster.Builder cluster) throws InvalidProtocolBufferException {
        if (cluster.getType() == Cluster.DiscoveryType.EDS) {
            String service = cluster.getEdsClusterConfig().getServiceName();
            String name = service.isEmpty() ? cluster.getName() : service;
            cluster.setType(Cluster.DiscoveryType.STATIC).clearEdsClusterConfig();
            EncodedResource known = resources.get(ResourceType.ENDPOINT, name).orElse(null);
            cluster.setLoadAssignment(
                    known == null
                            ? ClusterLoadAssignment.newBuilder()
                                    .setClusterName(name)
                                    .build()
                            : ClusterLoadAssignment.parseFrom(known.any().getValue()));
        }
        return (Cluster) new AgentSecrets().in(cluster.build());
    }

    private Listener listener(Listener.Builder listener) throws InvalidProtocolBufferException {
        for (FilterChain.Builder chain : listener.getFilterChainsBuilderList()) {
            inline(chain);
        }
        if (listener.hasDefaultFilterChain()) {
            inline(listener.getDefaultFilterChainBuilder());
        }
        return listener.build();
    }

    private void inline(FilterChain.Builder chain) throws InvalidProtocolBufferException {
        for (Filter.Builder filter : chain.getFiltersBuilderList()) {
            if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                HttpConnectionManager manager = filter.getTypedConfig().unpack(HttpConnectionManager.class);
                filter.setTypedConfig(Any.pack(inline(manager)));
            }
        }
    }

    private HttpConnectionManager inline(HttpConnectionManager manager) throws InvalidProtocolBufferException {
        if (!manager.hasRds()) {
            return manager;
        }
        EncodedResource routes = resources
                .get(ResourceType.ROUTE, manager.getRds().getRouteConfigName())
                .orElseThrow(() -> new AssertionError(
                        "no route configuration " + manager.getRds().getRouteConfigName()));
        return manager.toBuilder()
                .setRouteConfig(RouteConfiguration.parseFrom(routes.any().getValue()))
                .build();
    }
}
