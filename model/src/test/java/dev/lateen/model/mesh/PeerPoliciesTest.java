package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerPoliciesTest {
    private static final String ROOT = "istio-system";
    private static final String MESH_STRICT = policy(ROOT, "mesh", "{mtls: {mode: STRICT}}");
    private static final Map<String, String> SHOP = Map.of("app", "shop");

    @Test
    void takesBothWhereNothingIsSaid() {
        assertThat(decide("default", 80)).isEqualTo("PERMISSIVE by nobody");
    }

    @Test
    void takesTheMeshsPolicyWhereTheNamespaceHasNone() {
        assertThat(decide("default", 80, MESH_STRICT)).isEqualTo("STRICT by mesh");
    }

    @Test
    void prefersTheNamespacesPolicy() {
        assertThat(decide("default", 80, MESH_STRICT, policy("default", "ns", "{mtls: {mode: PERMISSIVE}}")))
                .isEqualTo("PERMISSIVE by ns");
    }

    @Test
    void inheritsAcrossANamespacesPolicyThatSaysNothing() {
        assertThat(decide("default", 80, MESH_STRICT, policy("default", "ns", "{mtls: {mode: UNSET}}")))
                .isEqualTo("STRICT by mesh");
    }

    @Test
    void prefersTheWorkloadsPolicy() {
        assertThat(decide("default", 80, MESH_STRICT, own("{mode: DISABLE}", "")))
                .isEqualTo("DISABLE by own");
    }

    @Test
    void inheritsAcrossAWorkloadsPolicyThatSaysNothing() {
        assertThat(decide("default", 80, MESH_STRICT, own("{mode: UNSET}", ", portLevelMtls: {81: {mode: DISABLE}}")))
                .isEqualTo("STRICT by mesh");
    }

    @Test
    void prefersThePolicyOfThePort() {
        assertThat(decide("default", 81, MESH_STRICT, own("{mode: UNSET}", ", portLevelMtls: {81: {mode: DISABLE}}")))
                .isEqualTo("DISABLE by own");
    }

    @Test
    void inheritsTheWorkloadsModeAtAPortThatSaysNothing() {
        assertThat(decide("default", 81, own("{mode: STRICT}", ", portLevelMtls: {81: {mode: UNSET}}")))
                .isEqualTo("STRICT by own");
    }

    @Test
    void takesTheEldestOfOneRank() {
        assertThat(decide(
                        "default",
                        80,
                        policy("default", "one", "{mtls: {mode: STRICT}}"),
                        policy("default", "two", "{mtls: {mode: DISABLE}}")))
                .isEqualTo("STRICT by one");
    }

    @Test
    void ignoresAPolicyOfTheRootNamespaceThatChoosesWorkloads() {
        String chosen = policy(ROOT, "chosen", "{selector: {matchLabels: {app: shop}}, mtls: {mode: DISABLE}}");
        assertThat(decide("default", 80, chosen)).isEqualTo("PERMISSIVE by nobody");
        assertThat(decide(ROOT, 80, chosen)).isEqualTo("PERMISSIVE by nobody");
    }

    private static String own(String mode, String ports) {
        return policy("default", "own", "{selector: {matchLabels: {app: shop}}, mtls: " + mode + ports + "}");
    }

    private static String policy(String namespace, String name, String spec) {
        return """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: %s, namespace: %s}
                spec: %s
                """.formatted(name, namespace, spec);
    }

    private static String decide(String namespace, int port, String... yaml) {
        List<PeerAuthentication> policies = ResourceReader.create().read(String.join("---\n", yaml), "p.yaml").stream()
                .map(parsed -> PeerAuthentication.bind(((ParsedResource.Valid) parsed).resource())
                        .value())
                .toList();
        PeerPolicies.Decision decision = PeerPolicies.decide(policies, ROOT, namespace, SHOP, port);
        Mode effective = PeerPolicies.effective(policies, ROOT, namespace, SHOP, port);
        assertThat(effective).isEqualTo(decision.mode());
        return decision.mode() + " by "
                + decision.by().map(by -> by.metadata().name()).orElse("nobody");
    }
}
