package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerAuthenticationUseTest {
    private static List<Diagnostic> findings(String yaml) {
        List<RawResource> resources = ResourceReader.create().read(yaml, "policies.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
        return new ReferenceChecker("istio-system")
                .check(resources).stream()
                        .filter(finding -> finding.code().equals("ineffective"))
                        .toList();
    }

    private static String policy(String name, String namespace, String spec) {
        return """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: %s, namespace: %s}
                spec:
                  %s
                ---
                """.formatted(name, namespace, spec);
    }

    private static final String SELECTS = "selector: {matchLabels: {app: a}}";

    @Test
    void saysThatASelectorInTheRootNamespaceHoldsForNobody() {
        assertThat(findings(policy("a", "istio-system", SELECTS)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.path()).isEqualTo("spec.selector");
                    assertThat(finding.at().toString()).startsWith("policies.yaml:5");
                });
    }

    @Test
    void saysThatOnlyOnePolicyCountsForANamespace() {
        assertThat(findings(policy("a", "shop", "mtls: {mode: STRICT}") + policy("b", "shop", "mtls: {mode: DISABLE}")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice()).contains("the other is a at policies.yaml:1"));
    }

    private static String pod(String labels) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: one, namespace: shop, labels: {%s}}
                spec: {containers: []}
                ---
                """.formatted(labels);
    }

    private static String selects(String labels) {
        return "selector: {matchLabels: {" + labels + "}}";
    }

    @Test
    void saysThatAnOlderPolicySelectsTheSameWorkloads() {
        assertThat(findings(policy("old", "shop", SELECTS) + policy("new", "shop", SELECTS)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.path()).isEqualTo("spec.selector");
                    assertThat(finding.value()).isEqualTo("new");
                    assertThat(finding.advice()).contains("the other is old at policies.yaml:1");
                });
    }

    @Test
    void saysSoWhereAWorkloadCarriesTheLabelsOfBoth() {
        String policies = policy("old", "shop", selects("app: a")) + policy("new", "shop", selects("tier: web"));
        assertThat(findings(policies)).isEmpty();
        assertThat(findings(policies + pod("app: a, tier: web"))).hasSize(1);
        assertThat(findings(policies + pod("app: a, tier: db"))).isEmpty();
    }

    @Test
    void theYoungerIsTheOneThatWasMadeLater() {
        String made = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"
                + "metadata: {name: %s, namespace: shop, creationTimestamp: \"%s\"}\nspec: {" + SELECTS + "}\n---\n";
        assertThat(findings(made.formatted("late", "2026-02-02T00:00:00Z")
                        + made.formatted("early", "2026-01-01T00:00:00Z")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.value()).isEqualTo("late"));
    }

    @Test
    void findsNothingInPoliciesThatHold() {
        assertThat(findings(policy("a", "istio-system", "mtls: {mode: STRICT}")
                        + policy("a", "shop", "mtls: {mode: STRICT}")
                        + policy("b", "shop", SELECTS)))
                .isEmpty();
    }
}
