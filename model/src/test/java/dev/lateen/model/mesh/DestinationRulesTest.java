package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.validate.ResourceReader;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Which destination rules a client follows.
class DestinationRulesTest {
    private static final String HOST = "shop.store.svc.cluster.local";

    private static String rule(String namespace, String name, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec: {host: %s%s}
                ---
                """.formatted(name, namespace, HOST, more);
    }

    private static DestinationRules rules(String yaml) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.put(ResourceReader.create().read(yaml, "mesh.yaml").stream()
                .map(parsed -> ((Valid) parsed).resource())
                .toList());
        return new DestinationRules(
                builder.build().traffic().destinationRules(), MeshConfig.defaults(), MeshSettings.DEFAULT.shortNames());
    }

    private static String followed(DestinationRules rules, String viewer) {
        return rules.find(viewer, Map.of("app", "web"), HOST, "store")
                .map(rule -> rule.metadata().namespace() + "/" + rule.metadata().name())
                .orElse("none");
    }

    @Test
    void areThoseOfItsOwnNamespaceFirst() {
        DestinationRules rules = rules(rule("store", "own", "") + rule("client", "theirs", ""));
        assertThat(followed(rules, "client")).isEqualTo("client/theirs");
        assertThat(followed(rules, "other")).isEqualTo("store/own");
    }

    @Test
    void areNotThoseOfItsOwnNamespaceThatAreForOthers() {
        DestinationRules rules =
                rules(rule("store", "outward", ", exportTo: [client]") + rule("store", "inward", ", exportTo: [.]"));
        assertThat(followed(rules, "client")).isEqualTo("store/outward");
        assertThat(followed(rules, "store")).isEqualTo("store/inward");
        assertThat(followed(rules, "other")).isEqualTo("none");
    }

    @Test
    void joinForTheSameWorkloadsWhateverTheirExports() {
        String some = ", workloadSelector: {matchLabels: {app: web}}";
        DestinationRule joined = rules(rule("store", "one", some + ", subsets: [{name: v1}]")
                        + rule("store", "two", some + ", exportTo: [.], subsets: [{name: v2}]"))
                .find("store", Map.of("app", "web"), HOST, "store")
                .orElseThrow();
        assertThat(joined.subsets()).extracting(DestinationRule.Subset::name).containsExactly("v1", "v2");
    }
}
