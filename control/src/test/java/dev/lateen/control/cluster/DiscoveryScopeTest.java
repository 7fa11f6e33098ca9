package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DiscoveryScopeTest {
    private static final String SELECTORS = """
            discoverySelectors:
              - matchLabels: {mesh: "yes"}
              - matchExpressions:
                  - {key: team, operator: In, values: [shop, pay]}
            """;
    private static final ClusterEvent INSIDE = ClusterEvents.service("in", "a");
    private static final ClusterEvent OUTSIDE = ClusterEvents.service("out", "b");

    private final ClusterEvents cluster =
            new ClusterEvents("default").namespace("in", Map.of("mesh", "yes")).namespace("out", Map.of());
    private final DiscoveryScope scope = new DiscoveryScope(cluster.facts);

    @Test
    void servesEveryNamespaceWhereNobodySelects() {
        assertThat(scope.pass(List.of(INSIDE, OUTSIDE))).containsExactly(INSIDE, OUTSIDE);
        assertThat(cluster.facts.servedNamespaces()).containsExactlyInAnyOrder("in", "out");
    }

    @Test
    void leavesOutNamespacesThatNoSelectorMatches() {
        cluster.mesh(SELECTORS).namespace("paid", Map.of("team", "pay"));
        ClusterEvent paid = ClusterEvents.service("paid", "c");
        assertThat(scope.pass(List.of(INSIDE, OUTSIDE, paid))).containsExactly(INSIDE, paid);
        assertThat(cluster.facts.servedNamespaces()).containsExactlyInAnyOrder("in", "paid");
    }

    @Test
    void leavesOutNamespacesThatItDoesNotKnowYet() {
        cluster.mesh(SELECTORS);
        ClusterEvent early = ClusterEvents.service("later", "a");
        assertThat(scope.pass(List.of(early))).isEmpty();
        cluster.namespace("later", Map.of("mesh", "yes"));
        assertThat(scope.missing()).containsExactly("later");
        assertThat(scope.listed("later", List.of(early))).containsExactly(early);
        assertThat(scope.missing()).isEmpty();
    }

    @Test
    void forgetsWhatItHadOfANamespaceThatLosesItsLabel() {
        cluster.mesh(SELECTORS);
        scope.pass(List.of(INSIDE));
        cluster.namespace("in", Map.of());
        assertThat(scope.left()).containsExactly(ClusterEvents.gone(INSIDE));
        assertThat(scope.left()).isEmpty();
        assertThat(scope.pass(List.of(INSIDE))).isEmpty();
        assertThat(scope.missing()).isEmpty();
        cluster.namespace("in", Map.of("mesh", "yes"));
        assertThat(scope.missing()).containsExactly("in");
    }

    @Test
    void followsOtherSelectors() {
        scope.pass(List.of(INSIDE, OUTSIDE));
        cluster.mesh(SELECTORS);
        assertThat(scope.left()).containsExactly(ClusterEvents.gone(OUTSIDE));
        cluster.mesh("{}");
        assertThat(scope.left()).isEmpty();
        assertThat(scope.missing()).containsExactly("out");
    }

    @Test
    void keepsTheLastSelectorsThatCouldBeRead() {
        cluster.mesh(SELECTORS);
        cluster.mesh("discoverySelectors: [{matchExpressions: [{key: mesh, operator: Is, values: [x]}]}]");
        assertThat(cluster.facts.serves("in")).isTrue();
        assertThat(cluster.facts.serves("out")).isFalse();
        assertThat(cluster.refused).containsExactly("istio");
        cluster.mesh("{");
        assertThat(cluster.facts.serves("out")).isFalse();
        cluster.mesh("{}");
        assertThat(cluster.refused).isEmpty();
        assertThat(cluster.facts.serves("out")).isTrue();
    }

    @Test
    void leavesResourcesToTheRevisionThatTheyName() {
        ClusterEvent plain = ClusterEvents.rule("in", "a", Map.of());
        ClusterEvent own = ClusterEvents.rule("in", "b", Map.of("istio.io/rev", "default"));
        ClusterEvent other = ClusterEvents.rule("in", "c", Map.of("istio.io/rev", "canary"));
        assertThat(scope.pass(List.of(plain, own, other))).containsExactly(plain, own);
        assertThat(scope.pass(List.of(ClusterEvents.rule("in", "a", Map.of("istio.io/rev", "canary")))))
                .containsExactly(ClusterEvents.gone(plain));
    }

    @Test
    void followsATagThatResourcesName() {
        ClusterEvent tagged = ClusterEvents.rule("in", "a", Map.of("istio.io/rev", "prod"));
        assertThat(scope.pass(List.of(tagged))).isEmpty();
        cluster.webhook("prod", "default");
        assertThat(scope.missing()).containsExactly("in");
        assertThat(scope.listed("in", List.of(tagged))).containsExactly(tagged);
        cluster.webhook("prod", "canary");
        assertThat(scope.left()).containsExactly(ClusterEvents.gone(tagged));
        assertThat(scope.missing()).isEmpty();
    }

    @Test
    void tellsNothingOfTheEndOfWhatItLeftOut() {
        cluster.mesh(SELECTORS);
        scope.pass(List.of(OUTSIDE));
        assertThat(scope.pass(List.of(ClusterEvents.gone(OUTSIDE)))).isEmpty();
    }
}
