package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ClusterFactsTest {
    @Test
    void isTheDefaultWithoutANameUntilATagSaysOtherwise() {
        ClusterEvents plain = new ClusterEvents("default");
        assertThat(plain.facts.isDefault()).isTrue();
        plain.webhook("default", "canary");
        assertThat(plain.facts.isDefault()).isFalse();
        assertThat(plain.facts.isMine("default")).isTrue();
        ClusterEvents canary = new ClusterEvents("canary");
        assertThat(canary.facts.isDefault()).isFalse();
        assertThat(canary.facts.isMine("default")).isFalse();
        canary.webhook("default", "canary");
        assertThat(canary.facts.isDefault()).isTrue();
        assertThat(canary.facts.isMine("default")).isTrue();
    }

    @Test
    void knowsTheWebhooksOfItsRevisionAndTagsOnly() {
        ClusterEvents canary = new ClusterEvents("canary")
                .webhook("", "canary")
                .webhook("prod", "canary")
                .webhook("", "other")
                .webhook("test", "other");
        assertThat(canary.facts.webhooks().stream().map(ClusterFacts.OwnWebhooks::name))
                .containsExactlyInAnyOrder("istio-sidecar-injector-canary", "istio-revision-tag-prod");
    }

    @Test
    void takesTheInjectorsValuesOfItsRevision() {
        AtomicInteger told = new AtomicInteger();
        ClusterEvents cluster = new ClusterEvents("canary");
        cluster.facts.onInjector(told::incrementAndGet);
        cluster.injector("global: {hub: h}", "policy: disabled");
        assertThat(Trees.text(cluster.facts.injector(), "global", "hub")).isEqualTo("h");
        assertThat(Trees.text(cluster.facts.injector(), "global", "proxy", "autoInject"))
                .isEqualTo("disabled");
        assertThat(told).hasValue(1);
    }

    @Test
    void keepsTheInjectorsValuesWhereNewOnesCannotBeRead() {
        ClusterEvents cluster = new ClusterEvents("default").injector("global: {hub: h}", "");
        cluster.injector("global: {hub: [", "");
        assertThat(Trees.text(cluster.facts.injector(), "global", "hub")).isEqualTo("h");
        assertThat(cluster.refused).containsExactly("istio-sidecar-injector");
    }

    @Test
    void tellsNewObjectsFromChangedOnes() {
        ClusterEvents cluster = new ClusterEvents("canary");
        cluster.namespace("shop", Map.of()).namespace("shop", Map.of("a", "b"));
        cluster.facts.onEvent(new ClusterEvent.Gone("Namespace", "", "shop"));
        cluster.namespace("shop", Map.of());
        assertThat(cluster.events)
                .containsExactly("Namespace ADD", "Namespace UPDATE", "Namespace DELETE", "Namespace ADD");
    }
}
