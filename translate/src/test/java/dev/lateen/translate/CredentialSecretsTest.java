package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which proxies get the secrets that destination rules name.
class CredentialSecretsTest {
    private static final String OUTSIDE = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: simple, namespace: edge}
            spec: {hosts: [simple.test], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: mutual, namespace: edge}
            spec: {hosts: [mutual.test], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: roots, namespace: edge}
            stringData: {ca.crt: a, tls.crt: b, tls.key: c}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: bank, namespace: edge}
            stringData: {tls.crt: b, tls.key: c}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: bank-cacert, namespace: edge}
            stringData: {ca.crt: d}
            """;
    private static final String SIMPLE = rule("simple", "", "{mode: SIMPLE, credentialName: roots}");
    private static final String MUTUAL = rule("mutual", "", "{mode: MUTUAL, credentialName: bank}");

    private static String rule(String host, String selector, String tls) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: edge}
                spec:
                  host: %1$s.test
                  %2$s
                  trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: %3$s}]}
                """.formatted(host, selector, tls);
    }

    @Test
    void gatewaysGetTheAuthoritiesAndTheirKeyForMutualTlsAlone() {
        assertThat(secrets(OUTSIDE + SIMPLE + MUTUAL, "router", "edge"))
                .containsExactlyInAnyOrder(
                        "kubernetes://roots-cacert", "kubernetes://bank", "kubernetes://bank-cacert");
    }

    @Test
    void secretsAreOfTheProxysNamespace() {
        assertThat(secrets(OUTSIDE + SIMPLE, "router", "other")).isEmpty();
    }

    @Test
    void sidecarsGetThoseOfRulesThatSelectThem() throws Exception {
        String selected =
                rule("mutual", "workloadSelector: {matchLabels: {app: web}}", "{mode: MUTUAL, credentialName: bank}");
        assertThat(secrets(OUTSIDE + SIMPLE + selected, "sidecar", "edge"))
                .containsExactlyInAnyOrder("kubernetes://bank", "kubernetes://bank-cacert");
        assertThat(secrets(OUTSIDE + selected, "sidecar", "other")).isEmpty();
        assertThat(tls(OUTSIDE + selected, "edge")).contains("kubernetes://bank-cacert");
        // Another namespace's workloads are none of the rule's.
        assertThat(tls(OUTSIDE + selected, "other")).isEmpty();
        // Without a selector a rule's secret is for gateways.
        assertThat(tls(OUTSIDE + MUTUAL, "edge")).doesNotContain("kubernetes://");
    }

    @Test
    void aSecretThatChangesReachesASidecar() throws Exception {
        String selected =
                rule("simple", "workloadSelector: {matchLabels: {app: web}}", "{mode: SIMPLE, credentialName: roots}");
        Translated mesh = new Translated(OUTSIDE + selected, "sidecar", "edge");
        mesh.put("""
                apiVersion: v1
                kind: Secret
                metadata: {name: roots, namespace: edge}
                stringData: {ca.crt: other}
                """);
        assertThat(Secret.parseFrom(mesh.sent(ResourceType.SECRET, "kubernetes://roots-cacert"))
                        .getValidationContext()
                        .getTrustedCa()
                        .getInlineBytes()
                        .toStringUtf8())
                .isEqualTo("other");
    }

    private static Set<String> secrets(String mesh, String type, String namespace) {
        return new Translated(mesh, type, namespace).names(ResourceType.SECRET);
    }

    /// What a sidecar is told of TLS with `mutual.test`, as text; empty for none.
    private static String tls(String mesh, String namespace) throws Exception {
        Cluster cluster = new Translated(mesh, "sidecar", namespace).cluster("outbound|443||mutual.test");
        return cluster.hasTransportSocket()
                ? cluster.getTransportSocket()
                        .getTypedConfig()
                        .unpack(UpstreamTlsContext.class)
                        .toString()
                : "";
    }
}
