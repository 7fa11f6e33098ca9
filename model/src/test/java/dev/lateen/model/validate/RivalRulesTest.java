package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource.Valid;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which of several destination rules for one host have no effect.
class RivalRulesTest {
    private static final String HOST = "shop.store.svc.cluster.local";
    private static final String POLICY = ", trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}";

    private static String rule(String namespace, String name, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {host: %s%s}
                ---
                """.formatted(name, namespace, HOST, more);
    }

    private static List<Diagnostic> rivals(String rules) {
        String service = """
                apiVersion: v1
                kind: Service
                metadata: {name: shop, namespace: store}
                spec: {ports: [{port: 80, name: http}]}
                ---
                """;
        return new ReferenceChecker("istio-system")
                .check(ResourceReader.create().read(service + rules, "f.yaml").stream()
                        .map(parsed -> ((Valid) parsed).resource())
                        .toList());
    }

    private static Diagnostic only(String rules) {
        List<Diagnostic> found = rivals(rules);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().code()).isEqualTo("rival");
        return found.getFirst();
    }

    @Test
    void areThoseOfTheirNamespaceAlone() {
        assertThat(rivals(rule("store", "elder", POLICY) + rule("client", "own", POLICY)))
                .isEmpty();
        assertThat(only(rule("store", "elder", POLICY) + rule("store", "younger", POLICY)))
                .satisfies(rival -> assertThat(rival.path()).isEqualTo("spec.trafficPolicy"))
                .satisfies(rival -> assertThat(rival.message()).contains("store/elder"));
        assertThat(rivals(rule("store", "elder", ", subsets: [{name: v1}]") + rule("store", "younger", POLICY)))
                .isEmpty();
    }

    @Test
    void areSubsetsThatAnElderRuleHas() {
        Diagnostic rival = only(rule("store", "elder", ", subsets: [{name: v1}]")
                + rule("store", "younger", ", subsets: [{name: v2}, {name: v1}]"));
        assertThat(rival.path()).isEqualTo("spec.subsets[1].name");
        assertThat(rival.message()).contains("store/elder");
    }

    @Test
    void areWholeRulesWhereTheirClientsSeeAnElderOne() {
        String open = rule("store", "elder", ", exportTo: ['*']" + POLICY);
        String local = ", exportTo: [.]" + POLICY;
        assertThat(only(open + rule("store", "younger", local)).path()).isEqualTo("spec.host");
        assertThat(rivals(rule("store", "elder", local) + rule("store", "younger", ", exportTo: ['*']" + POLICY)))
                .isEmpty();
        assertThat(rivals(rule("store", "elder", local) + rule("store", "younger", ", exportTo: [client]" + POLICY)))
                .isEmpty();
        assertThat(only(rule("store", "elder", POLICY) + rule("store", "younger", local))
                        .path())
                .isEqualTo("spec.host");
    }

    @Test
    void areNotForOtherWorkloads() {
        String some = ", workloadSelector: {matchLabels: {app: web}}" + POLICY;
        assertThat(rivals(rule("store", "elder", POLICY) + rule("store", "younger", some)))
                .isEmpty();
        assertThat(only(rule("store", "elder", some) + rule("store", "younger", some))
                        .path())
                .isEqualTo("spec.trafficPolicy");
    }
}
