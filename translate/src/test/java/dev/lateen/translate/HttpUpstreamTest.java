package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which version of HTTP clusters speak, by what rules and the mesh say.
class HttpUpstreamTest {
    private static final String KEY = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "h2UpgradePolicy: OVERALL"}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec:
              clusterIP: 10.96.0.1
              ports: [{name: http, port: 80}, {name: grpc, port: 81}, {port: 82, name: undeclared}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop, namespace: default}
            spec: {host: shop, trafficPolicy: {connectionPool: {http: {RULE}}}}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DO_NOT_UPGRADE | h2UpgradePolicy: DEFAULT | none | 2 | client",
                "DO_NOT_UPGRADE | h2UpgradePolicy: UPGRADE | 2 | 2 | 2",
                "UPGRADE | h2UpgradePolicy: DEFAULT | 2 | 2 | client",
                "UPGRADE | h2UpgradePolicy: DO_NOT_UPGRADE | none | 2 | client",
                "UPGRADE | useClientProtocol: true | client | client | client",
            })
    void theRuleOfAServiceCountsForPortsThatSayNothingToo(
            String overall, String rule, String http, String grpc, String undeclared) throws Exception {
        Translated mesh = new Translated(MESH.replace("OVERALL", overall).replace("RULE", rule), "sidecar", "default");
        assertThat(version(mesh, 80)).isEqualTo(http);
        assertThat(version(mesh, 81)).isEqualTo(grpc);
        assertThat(version(mesh, 82)).isEqualTo(undeclared);
    }

    /// It offers HTTP/2 to every client by itself, and so knows nothing of the service by what its clients speak.
    @Test
    void aGatewayFollowsItsClientsOnlyWhereARuleSaysSo() throws Exception {
        String mesh = MESH.replace("OVERALL", "DO_NOT_UPGRADE");
        Translated plain = new Translated(mesh.replace("RULE", "maxRetries: 1"), "router", "default");
        assertThat(version(plain, 82)).isEqualTo("none");
        Translated following = new Translated(mesh.replace("RULE", "useClientProtocol: true"), "router", "default");
        assertThat(version(following, 82)).isEqualTo("client");
    }

    private static String version(Translated mesh, int port) throws Exception {
        var all = mesh.cluster("outbound|" + port + "||shop.default.svc.cluster.local")
                .getTypedExtensionProtocolOptionsMap();
        if (!all.containsKey(KEY)) {
            return "none";
        }
        HttpProtocolOptions options = all.get(KEY).unpack(HttpProtocolOptions.class);
        if (options.hasUseDownstreamProtocolConfig()) {
            return "client";
        }
        return options.getExplicitHttpConfig().hasHttp2ProtocolOptions() ? "2" : "none";
    }
}
