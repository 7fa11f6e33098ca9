package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What `meshMTLS` and `tlsDefaults` reach, and what takes revocation lists along.
class TlsSettingsTest {
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                meshMTLS: {minProtocolVersion: TLSV1_3, cipherSuites: [ECDHE-RSA-AES128-GCM-SHA256]}
                tlsDefaults: {minProtocolVersion: TLSV1_2, cipherSuites: [ECDHE-ECDSA-AES256-GCM-SHA384], ecdhCurves: [X25519]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {clusterIP: 10.96.0.1, selector: {app: shop}, ports: [{name: http, port: 8080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: shop-1, namespace: default, labels: {app: shop, security.istio.io/tlsMode: istio}}
            spec: {serviceAccountName: shop, containers: []}
            status: {podIP: 10.1.0.1}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: out, namespace: default}
            spec: {hosts: [out.test], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: out, namespace: default}
            spec: {host: out.test, trafficPolicy: {tls: {mode: SIMPLE, sni: out.test}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              selector: {app: edge}
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                hosts: [a.test]
                tls: {mode: MUTUAL, credentialName: edge}
              - port: {number: 444, name: https-own, protocol: HTTPS}
                hosts: [b.test]
                tls: {mode: SIMPLE, credentialName: edge, minProtocolVersion: TLSV1_3, cipherSuites: [ECDHE-RSA-AES128-GCM-SHA256]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: edge, namespace: default}
            data: {tls.crt: YQ==, tls.key: Yg==, ca.crt: Yw==, ca.crl: ZA==}
            """;

    @Test
    void limitsMutualTlsOfTheMesh() throws Exception {
        TlsParameters parameters = downstream("sidecar", "shop", "virtualInbound");
        assertThat(parameters.getTlsMinimumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_3);
        assertThat(parameters.getCipherSuitesList()).containsExactly("ECDHE-RSA-AES128-GCM-SHA256");
    }

    @Test
    void givesGatewaysTheDefaultsOfTheMesh() throws Exception {
        TlsParameters parameters = downstream("router", "edge", "0.0.0.0_443");
        assertThat(parameters.getTlsMinimumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_2);
        assertThat(parameters.getCipherSuitesList()).containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384");
        assertThat(parameters.getEcdhCurvesList()).containsExactly("X25519");
    }

    @Test
    void prefersWhatTheServerItselfSays() throws Exception {
        TlsParameters parameters = downstream("router", "edge", "0.0.0.0_444");
        assertThat(parameters.getTlsMinimumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_3);
        assertThat(parameters.getCipherSuitesList()).containsExactly("ECDHE-RSA-AES128-GCM-SHA256");
        assertThat(parameters.getEcdhCurvesList()).containsExactly("X25519");
    }

    @Test
    void leavesOutCipherSuitesThatNobodyKnowsOrThatAreGivenTwice() throws Exception {
        String known = "[ECDHE-RSA-AES128-GCM-SHA256";
        String mesh = MESH.replace(known, known + ", NOT-A-SUITE, ECDHE-RSA-AES128-GCM-SHA256")
                .replace("[ECDHE-ECDSA-AES256-GCM-SHA384]", "[NOT-A-SUITE, ECDHE-ECDSA-AES256-GCM-SHA384]");
        assertThat(downstream(mesh, "sidecar", "shop", "virtualInbound").getCipherSuitesList())
                .containsExactly("ECDHE-RSA-AES128-GCM-SHA256");
        assertThat(downstream(mesh, "router", "edge", "0.0.0.0_443").getCipherSuitesList())
                .containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384");
        assertThat(downstream(mesh, "router", "edge", "0.0.0.0_444").getCipherSuitesList())
                .containsExactly("ECDHE-RSA-AES128-GCM-SHA256");
    }

    @Test
    void givesTlsToTheOutsideTheDefaultsOfTheMesh() throws Exception {
        var cluster = Cluster.parseFrom(sent("sidecar", "shop", ResourceType.CLUSTER, "outbound|443||out.test"));
        TlsParameters parameters = cluster.getTransportSocket()
                .getTypedConfig()
                .unpack(UpstreamTlsContext.class)
                .getCommonTlsContext()
                .getTlsParams();
        assertThat(parameters.getCipherSuitesList()).containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384");
        assertThat(parameters.getEcdhCurvesList()).containsExactly("X25519");
    }

    @Test
    void looksForTheNamesOfAnEntryWhereTheRuleNamesNone() throws Exception {
        assertThat(names("")).containsExactly("entry.test");
        assertThat(names(", subjectAltNames: [rule.test]")).containsExactly("rule.test");
        assertThat(names(", insecureSkipVerify: true")).isEmpty();
    }

    /// In the certificate of a server outside, by what a rule says of TLS.
    @SuppressWarnings("deprecation")
    private static List<String> names(String tls) throws Exception {
        var cluster = new Translated("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: out, namespace: default}
                spec:
                  hosts: [out.test]
                  location: MESH_EXTERNAL
                  resolution: DNS
                  ports: [{number: 443, name: https, protocol: HTTPS}]
                  subjectAltNames: [entry.test]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: out, namespace: default}
                spec: {host: out.test, trafficPolicy: {tls: {mode: SIMPLE%s}}}
                """.formatted(tls), "sidecar", "default").cluster("outbound|443||out.test");
        var common = cluster.getTransportSocket()
                .getTypedConfig()
                .unpack(UpstreamTlsContext.class)
                .getCommonTlsContext();
        var validation = common.hasCombinedValidationContext()
                ? common.getCombinedValidationContext().getDefaultValidationContext()
                : common.getValidationContext();
        return validation.getMatchSubjectAltNamesList().stream()
                .map(name -> name.getExact())
                .toList();
    }

    @Test
    void sendsTheRevocationListOfASecretWithItsRoots() throws Exception {
        var secret = Secret.parseFrom(sent("router", "edge", ResourceType.SECRET, "kubernetes://edge-cacert"));
        assertThat(secret.getValidationContext().getTrustedCa().getInlineBytes().toStringUtf8())
                .isEqualTo("c");
        assertThat(secret.getValidationContext().getCrl().getInlineBytes().toStringUtf8())
                .isEqualTo("d");
    }

    /// Of the first chain with TLS.
    private static TlsParameters downstream(String type, String app, String listener) throws Exception {
        return downstream(MESH, type, app, listener);
    }

    private static TlsParameters downstream(String mesh, String type, String app, String listener) throws Exception {
        for (FilterChain chain : Listener.parseFrom(sent(mesh, type, app, ResourceType.LISTENER, listener))
                .getFilterChainsList()) {
            if (chain.hasTransportSocket()) {
                return chain.getTransportSocket()
                        .getTypedConfig()
                        .unpack(DownstreamTlsContext.class)
                        .getCommonTlsContext()
                        .getTlsParams();
            }
        }
        throw new AssertionError(listener + " has no TLS");
    }

    private static byte[] sent(String type, String app, ResourceType kind, String name) {
        return sent(MESH, type, app, kind, name);
    }

    private static byte[] sent(String mesh, String type, String app, ResourceType kind, String name) {
        List<RawResource> resources = ResourceReader.create().read(mesh, "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        ProxyNode node = ProxyNode.parse(
                        type + "~10.1.0.1~" + app + "-1.default~default.svc.cluster.local",
                        Map.of("LATEEN_PROXY", "true", "LABELS", Map.of("app", app), "NAMESPACE", "default"),
                        Locality.NONE)
                .orElseThrow();
        return new Translator()
                .translate(builder.build(), node)
                .get(kind, name)
                .orElseThrow()
                .any()
                .getValue()
                .toByteArray();
    }
}
