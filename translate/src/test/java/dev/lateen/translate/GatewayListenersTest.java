package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where the servers of a Gateway listen.
class GatewayListenersTest {
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              selector: {app: edge}
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

    private static String addressOf(String listener, Map<String, String> more) throws Exception {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.put(ResourceReader.create().read(GATEWAY, "edge.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList());
        Map<String, Object> metadata = new HashMap<>(more);
        metadata.put("LABELS", Map.of("app", "edge"));
        ProxyNode node = ProxyNode.parse(
                        "router~10.1.0.1~edge-1.default~default.svc.cluster.local", metadata, Locality.NONE)
                .orElseThrow();
        byte[] sent = new Translator()
                .translate(builder.build(), node)
                .get(ResourceType.LISTENER, listener)
                .orElseThrow()
                .any()
                .getValue()
                .toByteArray();
        return Listener.parseFrom(sent).getAddress().getSocketAddress().getAddress();
    }
}
