package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where the servers of a Gateway listen.
class GatewayListenersTest {
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              selector: {app: web}
              servers:
              - {port: {number: 8080, name: http, protocol: HTTP}, hosts: ["*"]}
              - {port: {number: 8081, name: bound, protocol: HTTP}, bind: 10.9.9.9, hosts: ["*"]}
            """;

    @Test
    void listenOnAllAddresses() throws Exception {
        assertThat(addressOf("0.0.0.0_8080", Map.of())).isEqualTo("0.0.0.0");
        assertThat(addressOf("10.9.9.9_8081", Map.of())).isEqualTo("10.9.9.9");
    }

    @Test
    void listenOnTheProxysOwnAddressWhereManyPodsShareAMachine() throws Exception {
        Map<String, String> shared = Map.of("LATEEN_OWN_ADDRESS_ONLY", "true");
        assertThat(addressOf("0.0.0.0_8080", shared)).isEqualTo("10.1.0.1");
        assertThat(addressOf("10.9.9.9_8081", shared)).isEqualTo("10.9.9.9");
    }

    /// Protocols whose contents no proxy looks into: connections are passed on as they come.
    @ParameterizedTest
    @ValueSource(strings = {"TCP", "MONGO", "REDIS", "MYSQL"})
    void passOnConnectionsOfEveryOpaqueProtocol(String protocol) throws Exception {
        String mesh = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: default}
                spec:
                  selector: {app: web}
                  servers: [{port: {number: 7000, name: raw, protocol: %s}, hosts: ["*"]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: raw, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [edge]
                  tcp: [{match: [{port: 7000}], route: [{destination: {host: store.test, port: {number: 7000}}}]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: store, namespace: default}
                spec: {hosts: [store.test], resolution: DNS, ports: [{number: 7000, name: raw, protocol: %s}]}
                """.formatted(protocol, protocol);

        Listener listener = new Translated(mesh, "router", "default").listener("0.0.0.0_7000");

        assertThat(listener.getFilterChainsList()).singleElement().satisfies(chain -> {
            assertThat(chain.hasFilterChainMatch()).isFalse();
            assertThat(chain.getFiltersList())
                    .last()
                    .satisfies(filter -> assertThat(filter.getTypedConfig()
                                    .unpack(TcpProxy.class)
                                    .getCluster())
                            .isEqualTo("outbound|7000||store.test"));
        });
    }

    private static String addressOf(String listener, Map<String, String> metadata) throws Exception {
        return new Translated(GATEWAY, "router", "default", metadata)
                .listener(listener)
                .getAddress()
                .getSocketAddress()
                .getAddress();
    }
}
