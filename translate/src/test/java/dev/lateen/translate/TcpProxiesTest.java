package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import org.junit.jupiter.api.Test;

/// What rules for destinations say of connections that a route passes on as bytes.
class TcpProxiesTest {
    private static final String MESH = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: NAME, namespace: default}
            spec:
              hosts: [NAME.test]
              addresses: [ADDRESS]
              resolution: STATIC
              location: MESH_INTERNAL
              ports: [{number: 9000, name: tcp, protocol: TCP}]
              endpoints: [{address: 10.1.0.2}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: NAME, namespace: default}
            spec:
              host: NAME.test
              trafficPolicy:
                connectionPool: {tcp: {idleTimeout: IDLE, maxConnectionDuration: IDLE}}
                loadBalancer: {consistentHash: {useSourceIp: true}}
                tunnel: {targetHost: NAME.out, targetPort: 443}
              subsets:
              - name: v1
                labels: {version: v1}
                trafficPolicy: {connectionPool: {tcp: {idleTimeout: 99s}}}
            ---
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one, namespace: default}
            spec:
              hosts: [one.test]
              tcp:
              - route:
                - {destination: {host: one.test, subset: v1}, weight: 1}
                - {destination: {host: two.test}, weight: 3}
            """;

    @Test
    void connectionsToSeveralDestinationsFollowTheRuleOfTheFirst() throws Exception {
        String mesh = MESH.replace("NAME", "one").replace("ADDRESS", "10.9.0.1").replace("IDLE", "11s")
                + MESH.replace("NAME", "two").replace("ADDRESS", "10.9.0.2").replace("IDLE", "22s")
                + ROUTE;
        TcpProxy proxy = proxy(mesh);
        assertThat(proxy.getWeightedClusters().getClustersList())
                .extracting(cluster -> cluster.getName() + " " + cluster.getWeight())
                .containsExactly("outbound|9000|v1|one.test 1", "outbound|9000||two.test 3");
        assertThat(proxy.getIdleTimeout().getSeconds()).isEqualTo(11);
        assertThat(proxy.getMaxDownstreamConnectionDuration().getSeconds()).isEqualTo(11);
        assertThat(proxy.getHashPolicyList()).singleElement().matches(hash -> hash.hasSourceIp());
        assertThat(proxy.getTunnelingConfig().getHostname()).isEqualTo("one.out:443");
    }

    private static TcpProxy proxy(String mesh) throws Exception {
        for (FilterChain chain : new Translated(mesh, "sidecar", "default")
                .listener("10.9.0.1_9000")
                .getFilterChainsList()) {
            for (Filter filter : chain.getFiltersList()) {
                if (filter.getTypedConfig().is(TcpProxy.class)) {
                    return filter.getTypedConfig().unpack(TcpProxy.class);
                }
            }
        }
        throw new AssertionError("no connection is passed on");
    }
}
