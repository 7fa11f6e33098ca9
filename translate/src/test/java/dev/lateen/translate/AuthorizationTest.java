package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.mesh.TrustDomains;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.ResourceParser;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
    private static AuthorizationPolicy policy(String action) {
        String text = """
                apiVersion: security.istio.io/v1beta1
                kind: AuthorizationPolicy
                metadata: {name: users, namespace: default}
                spec:
                  action: ACTION
                  rules:
                  - from: [{source: {principals: ["cluster.local/ns/default/sa/order-service"]}}]
                    to: [{operation: {methods: ["GET"], paths: ["/api/users/*"]}}]
                """.replace("ACTION", action);
        ParsedResource parsed = new ResourceParser(ParserSettings.DEFAULT)
                .parse(text, "test.yaml")
                .getFirst();
        return AuthorizationPolicy.bind(((ParsedResource.Valid) parsed).resource())
                .value();
    }

    private static Optional<Policy> translate(String action, boolean http) {
        AuthorizationPolicy policy = policy(action);
        return new RbacRules(http, new TrustDomains(List.of("cluster.local", "old.local")))
                .of(policy, policy.rules().getFirst());
    }

    @Test
    void aTrailingStarMatchesAPrefix() {
        assertThat(translate("ALLOW", true).orElseThrow().toString()).contains("prefix: \"/api/users/\"");
    }

    @Test
    void aPrincipalIsKnownUnderEveryNameOfTheTrustDomain() {
        assertThat(translate("ALLOW", true).orElseThrow().toString())
                .contains("spiffe://cluster.local/ns/default/sa/order-service")
                .contains("spiffe://old.local/ns/default/sa/order-service");
    }

    @Test
    void aRuleAboutHttpAllowsNothingOnTcp() {
        assertThat(translate("ALLOW", false)).isEmpty();
    }

    @Test
    void aRuleAboutHttpThatDeniesKeepsItsOtherPartsOnTcp() {
        assertThat(translate("DENY", false).orElseThrow().toString())
                .contains("order-service")
                .doesNotContain("/api/users");
    }
}
