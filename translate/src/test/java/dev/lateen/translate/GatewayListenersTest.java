package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

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

    private static String addressOf(String listener, Map<String, String> metadata) throws Exception {
        return new Translated(GATEWAY, "router", "default", metadata)
                .listener(listener)
                .getAddress()
                .getSocketAddress()
                .getAddress();
    }
}
