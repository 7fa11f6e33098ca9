package dev.lateen.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyListTest {
    private static final String ANY = "{\"permissions\": [{\"any\": true}], \"principals\": [{\"any\": true}]}";
    private static final String HTTP = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String TCP = "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC";

    @Test
    void showsEachPolicyOnceInTheOrderOfTheirDecision() {
        String dump = dump(
                rules(HTTP, "shadow_rules", "DENY", "istio-ext-authz-judge-" + rule("shop", "ask", 0)),
                rules(HTTP, "rules", "LOG", rule("shop", "watch", 0)),
                rules(HTTP, "rules", "DENY", rule("istio-system", "no-admin", 0)),
                rules(HTTP, "rules", "ALLOW", rule("shop", "viewers", 0), rule("shop", "viewers", 1)),
                rules(HTTP, "shadow_rules", "ALLOW", rule("shop", "trial", 0)));
        PolicyList list = list(
                dump, Map.of("viewers.shop", "shop/policies.yaml:12", "no-admin.istio-system", "mesh/deny.yaml:1"));
        assertThat(list.table()).isEqualTo("""
                        ACTION            AuthorizationPolicy     RULES   SOURCE
                        CUSTOM            ask.shop                1       -
                        DENY              no-admin.istio-system   1       mesh/deny.yaml:1
                        ALLOW (dry-run)   trial.shop              1       -
                        ALLOW             viewers.shop            2       shop/policies.yaml:12
                        AUDIT             watch.shop              1       -
                        """);
    }

    @Test
    void takesTheMissingActionForAllow() {
        String dump = dump("{\"@type\": \"" + TCP + "\", \"rules\": {\"policies\": {\"" + rule("shop", "viewers", 0)
                + "\": " + ANY + "}}}");
        assertThat(list(dump, Map.of()).entries())
                .containsExactly(new PolicyList.Entry("ALLOW", "viewers.shop", 1, false, ""));
    }

    @Test
    void namesRulesThatMatchNothing() {
        String dump = dump("{\"@type\": \"" + HTTP + "\", \"rules\": {}}");
        assertThat(list(dump, Map.of()).table()).contains("ALLOW    _anonymous_match_nothing_   1");
    }

    private static PolicyList list(String dump, Map<String, String> places) {
        return PolicyList.of(ConfigDump.of(Json.read(dump), "dump"), places);
    }

    private static String rule(String namespace, String name, int rule) {
        return "ns[" + namespace + "]-policy[" + name + "]-rule[" + rule + "]";
    }

    private static String rules(String type, String field, String action, String... names) {
        StringBuilder policies = new StringBuilder();
        for (String name : names) {
            policies.append(policies.isEmpty() ? "" : ", ")
                    .append('"')
                    .append(name)
                    .append("\": ")
                    .append(ANY);
        }
        return "{\"@type\": \"%s\", \"%s\": {\"action\": \"%s\", \"policies\": {%s}}}"
                .formatted(type, field, action, policies);
    }

    /// The filters once for HTTP, twice, as for two ports.
    private static String dump(String... filters) {
        StringBuilder each = new StringBuilder();
        for (String filter : filters) {
            each.append(each.isEmpty() ? "" : ", ")
                    .append("{\"typed_config\": ")
                    .append(filter)
                    .append('}');
        }
        boolean tcp = filters[0].contains(TCP);
        String chain = tcp
                ? "{\"filters\": [" + each + "]}"
                : "{\"filters\": [{\"typed_config\": {\"@type\": \"hcm\", \"http_filters\": [" + each + "]}}]}";
        return """
                {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "dynamic_listeners": [
                  {"active_state": {"listener": {"name": "virtualInbound", "filter_chains": [%s, %s]}}}]}]}
                """.formatted(chain, chain);
    }
}
