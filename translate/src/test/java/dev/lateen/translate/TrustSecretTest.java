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
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.TrustDomain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What `caCertificates` and `trustDomainAliases` make of whom proxies believe.
class TrustSecretTest {
    private static final String URL = "https://two.example/bundle";
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                trustDomain: one.example
                trustDomainAliases: [old.example]
                caCertificates: [%s]
            """;

    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final Translator translator = new Translator();

    private void mesh(String anchors) {
        List<RawResource> resources = ResourceReader.create().read(MESH.formatted(anchors), "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.ownRoots("own");
    }

    private XdsResources translated() {
        ProxyNode node = ProxyNode.parse(
                        "sidecar~10.1.0.1~a.default~default.svc.cluster.local",
                        Map.of("LATEEN_PROXY", "true"),
                        Locality.NONE)
                .orElseThrow();
        return translator.translate(builder.build(), node);
    }

    private Map<String, String> bundles() throws Exception {
        Secret secret = Secret.parseFrom(translated()
                .get(ResourceType.SECRET, "trust-domains")
                .orElseThrow()
                .any()
                .getValue());
        Map<String, String> bundles = new TreeMap<>();
        for (TrustDomain domain : secret.getValidationContext()
                .getCustomValidatorConfig()
                .getTypedConfig()
                .unpack(SPIFFECertValidatorConfig.class)
                .getTrustDomainsList()) {
            bundles.put(
                    domain.getName(), domain.getTrustBundle().getInlineBytes().toStringUtf8());
        }
        return bundles;
    }

    private String inbound() {
        return translated()
                .get(ResourceType.LISTENER, "virtualInbound")
                .orElseThrow()
                .any()
                .getValue()
                .toStringUtf8();
    }

    @Test
    void givesEachDomainItsOwnAuthorities() throws Exception {
        mesh("{spiffeBundleUrl: '" + URL + "', trustDomains: [two.example]}");
        builder.trustBundles(Map.of(URL, "two"));
        assertThat(bundles()).isEqualTo(Map.of("one.example", "own", "old.example", "own", "two.example", "two"));
    }

    @Test
    void trustsAuthoritiesWithoutADomainForTheMeshsOwnNames() throws Exception {
        mesh("{spiffeBundleUrl: '" + URL + "'}");
        builder.trustBundles(Map.of(URL, "more"));
        assertThat(bundles()).isEqualTo(Map.of("one.example", "own\nmore", "old.example", "own\nmore"));
    }

    @Test
    void believesNobodyOfADomainWhoseBundleHasNotCome() throws Exception {
        mesh("{spiffeBundleUrl: '" + URL + "', trustDomains: [two.example]}");
        assertThat(bundles()).doesNotContainKey("two.example");
    }

    @Test
    void changesTheSecretAloneWhenABundleChanges() throws Exception {
        mesh("{spiffeBundleUrl: '" + URL + "', trustDomains: [two.example]}");
        XdsResources before = translated();
        builder.trustBundles(Map.of(URL, "other"));
        assertThat(bundles()).containsEntry("two.example", "other");
        assertThat(translated().get(ResourceType.LISTENER, "virtualInbound"))
                .isEqualTo(before.get(ResourceType.LISTENER, "virtualInbound"));
    }

    @Test
    void admitsWhoeverAnAnchorNames() {
        mesh("{spiffeBundleUrl: '" + URL + "', trustDomains: [two.example]}");
        assertThat(inbound())
                .contains("spiffe://one.example/", "spiffe://old.example/", "spiffe://two.example/", "trust-domains");
    }

    @Test
    void leavesTrustToTheAgentWhereThereIsNoAnchor() {
        mesh("");
        assertThat(translated().get(ResourceType.SECRET, "trust-domains")).isEmpty();
        assertThat(inbound()).contains("ROOTCA").doesNotContain("trust-domains");
    }
}
