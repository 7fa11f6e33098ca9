package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Services of type `ExternalName`, which are further names of the services that they stand for.
class AliasesTest {
    private static final String SHOP = "outbound|80||shop.default.svc.cluster.local";
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {clusterIP: 10.0.0.1, selector: {app: shop}, ports: [{name: http, port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: store, namespace: default}
            spec: {type: ExternalName, externalName: shop.default.svc.cluster.local, ports: [{port: 8080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: market, namespace: other}
            spec: {type: ExternalName, externalName: store.default.svc.cluster.local}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: far, namespace: default}
            spec: {type: ExternalName, externalName: far.example.com, ports: [{name: http, port: 80}]}
            ---
            """;

    private static Translated translated(String more) {
        return new Translated(MESH + more, "sidecar", "default");
    }

    private static VirtualHost host(Translated mesh, String name) throws Exception {
        return RouteConfiguration.parseFrom(mesh.sent(ResourceType.ROUTE, "80")).getVirtualHostsList().stream()
                .filter(host -> host.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void areDomainsOfTheService() throws Exception {
        Translated mesh = translated("");
        assertThat(host(mesh, "shop.default.svc.cluster.local:80").getDomainsList())
                .contains("store", "store.default", "store.default.svc", "store.default.svc.cluster.local")
                .contains("market.other", "market.other.svc", "market.other.svc.cluster.local")
                .doesNotContain("market", "far", "far.example.com");
        assertThat(mesh.names(ResourceType.CLUSTER))
                .contains(SHOP)
                .noneMatch(name -> name.contains("store") || name.contains("market") || name.contains("far"));
    }

    @Test
    void areTheServiceAsDestinations() throws Exception {
        Translated mesh = translated("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: front, namespace: default}
                spec:
                  hosts: [front.test]
                  http:
                  - match: [{uri: {prefix: /one}}]
                    route: [{destination: {host: store}}]
                    mirror: {host: market.other.svc.cluster.local}
                  - route:
                    - {destination: {host: store, subset: v1}, weight: 50}
                    - {destination: {host: far, port: {number: 80}}, weight: 50}
                """);
        List<Route> routes = host(mesh, "front.test:80").getRoutesList();
        assertThat(routes.getFirst().getRoute().getCluster()).isEqualTo(SHOP);
        assertThat(routes.getFirst().getRoute().getRequestMirrorPolicies(0).getCluster())
                .isEqualTo(SHOP);
        assertThat(routes.getLast().getRoute().getWeightedClusters().getClustersList())
                .extracting(cluster -> cluster.getName())
                .containsExactly("outbound|80|v1|shop.default.svc.cluster.local", "outbound|80||far.example.com");
    }

    @Test
    void areTheServiceWhereASidecarAllowsTheRouteAlone() {
        Translated mesh = translated("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: front, namespace: default}
                spec: {hosts: [front.test], http: [{route: [{destination: {host: store}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: narrow, namespace: default}
                spec: {egress: [{hosts: [./front.test]}]}
                """);
        assertThat(mesh.names(ResourceType.CLUSTER)).contains(SHOP);
    }

    @Test
    void areTheServiceForConnections() throws Exception {
        Translated mesh = translated("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: data, namespace: default}
                spec:
                  hosts: [data.test]
                  addresses: [198.51.100.7]
                  ports: [{number: 5432, name: tcp, protocol: TCP}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: data, namespace: default}
                spec: {hosts: [data.test], tcp: [{route: [{destination: {host: store}}]}]}
                """);
        FilterChain chain = mesh.listener("198.51.100.7_5432").getFilterChains(0);
        TcpProxy proxy =
                chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig().unpack(TcpProxy.class);
        assertThat(proxy.getCluster()).isEqualTo(SHOP);
    }

    @Test
    void areServerNamesWhereThoseTellServicesApart() throws Exception {
        Translated mesh = translated("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: bank, namespace: default}
                spec:
                  hosts: [bank.test]
                  resolution: NONE
                  addresses: [198.51.100.0/24]
                  ports: [{number: 443, name: tls, protocol: TLS}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: bank, namespace: default}
                spec: {type: ExternalName, externalName: bank.test}
                """);
        assertThat(mesh.listener("0.0.0.0_443").getFilterChainsList())
                .flatExtracting(chain -> chain.getFilterChainMatch().getServerNamesList())
                .contains("bank.test", "bank.default.svc.cluster.local", "bank");
    }

    @Test
    void areNamesThatAnApplicationMayAskFor() {
        Translated mesh = new Translated(MESH, "sidecar", "default", Map.of("GENERATOR", "grpc"));
        assertThat(mesh.names(ResourceType.LISTENER))
                .contains("shop:80", "store:80", "store.default.svc.cluster.local:80", "market.other:80");
    }
}
