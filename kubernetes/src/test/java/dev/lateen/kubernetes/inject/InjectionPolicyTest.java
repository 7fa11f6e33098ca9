package dev.lateen.kubernetes.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.inject.InjectionDecision.Injects;
import dev.lateen.kubernetes.inject.InjectionDecision.Skips;
import dev.lateen.kubernetes.tree.Trees;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class InjectionPolicyTest {
    private static final Map<String, String> ENABLED = Map.of("istio-injection", "enabled");
    private static final ObjectNode PLAIN = pod("{}");

    @Test
    void injectsInALabelledNamespace() {
        assertThat(decide(ENABLED, PLAIN))
                .isEqualTo(new Injects("namespace 'shop' has the label istio-injection=enabled"));
    }

    @Test
    void skipsWhereNobodyAsks() {
        assertThat(decide(Map.of(), PLAIN)).isInstanceOf(Skips.class);
        assertThat(decide(Map.of(), PLAIN).because()).contains("has no label istio-injection=enabled");
    }

    @Test
    void letsThePodsLabelWin() {
        ObjectNode pod = pod(
                "{'labels':{'sidecar.istio.io/inject':'false'}," + "'annotations':{'sidecar.istio.io/inject':'true'}}");
        assertThat(decide(ENABLED, pod)).isEqualTo(new Skips("the pod has the label sidecar.istio.io/inject=false"));
    }

    @Test
    void takesThePodsAnnotationInAPlainNamespace() {
        ObjectNode pod = pod("{'annotations':{'sidecar.istio.io/inject':'true'}}");
        assertThat(decide(Map.of(), pod)).isInstanceOf(Injects.class);
        assertThat(decide(ENABLED, pod("{'annotations':{'sidecar.istio.io/inject':'false'}}")))
                .isInstanceOf(Skips.class);
    }

    @Test
    void keepsOutOfADisabledNamespace() {
        ObjectNode pod = pod("{'labels':{'sidecar.istio.io/inject':'true'}}");
        assertThat(decide(Map.of("istio-injection", "disabled"), pod)).isInstanceOf(Skips.class);
    }

    @Test
    void leavesHostNetworkAndSystemNamespacesAlone() {
        ObjectNode pod = Trees.object("metadata", Trees.object(), "spec", Trees.object("hostNetwork", true));
        assertThat(decide(ENABLED, pod)).isEqualTo(new Skips("it has host networking enabled"));
        assertThat(policy("{}").decide("kube-system", ENABLED, PLAIN)).isInstanceOf(Skips.class);
    }

    @Test
    void leavesPodsOfOtherRevisionsToTheirInjector() {
        assertThat(decide(Map.of("istio.io/rev", "canary"), PLAIN).because()).contains("revision 'canary'");
        assertThat(decide(Map.of("istio.io/rev", "default"), PLAIN)).isInstanceOf(Injects.class);
        ObjectNode canary = pod("{'labels':{'istio.io/rev':'canary'}}");
        assertThat(decide(Map.of(), canary)).isInstanceOf(Skips.class);
        assertThat(decide(ENABLED, canary)).isInstanceOf(Injects.class);
    }

    @Test
    void followsSelectorsWhereThePodDoesNotSay() {
        InjectionPolicy policy =
                policy("{'neverInjectSelector':[{'matchExpressions':[{'key':'job','operator':'Exists'}]}],"
                        + "'alwaysInjectSelector':[{'matchLabels':{'app':'a'}}]}");
        assertThat(policy.decide("shop", ENABLED, pod("{'labels':{'job':'1','app':'a'}}")))
                .isInstanceOf(Skips.class);
        assertThat(policy.decide("shop", ENABLED, pod("{'labels':{'job':'1','sidecar.istio.io/inject':'true'}}")))
                .isInstanceOf(Injects.class);
        assertThat(policy.decide("shop", ENABLED, pod("{'labels':{'app':'a'}}")).because())
                .startsWith("alwaysInjectSelector has");
    }

    private static InjectionDecision decide(Map<String, String> labels, ObjectNode pod) {
        return policy("{}").decide("shop", labels, pod);
    }

    private static InjectionPolicy policy(String webhook) {
        ObjectNode values = InjectionValues.defaults("1");
        InjectionValues.overlay(values, Trees.object("sidecarInjectorWebhook", tree(webhook)));
        return new InjectionPolicy(new InjectionSettings(values, Trees.object(), "", true, false), Set.of("default"));
    }

    private static ObjectNode pod(String metadata) {
        return Trees.object("metadata", tree(metadata), "spec", Trees.object());
    }

    private static ObjectNode tree(String json) {
        return (ObjectNode) Trees.parse(json.replace('\'', '"'));
    }
}
