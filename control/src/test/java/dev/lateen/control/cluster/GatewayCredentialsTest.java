package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class GatewayCredentialsTest {
    private Set<String> ofIngresses = Set.of();
    private final GatewayCredentials credentials =
            new GatewayCredentials(() -> new IngressFacts.Credentials(Map.of("istio", "ingressgateway"), ofIngresses));

    @Test
    void wantsWhatIngressesNameWhereTheirProxiesAre() {
        ofIngresses = Set.of("shop-cert");
        ObjectNode gateway = pod("gateway", "istio-proxy");
        Trees.into(gateway, "metadata", "labels").put("istio", "ingressgateway");
        seen("Pod", "edge", "gw-1", gateway);
        seen("Pod", "edge", "other", pod("egress", "istio-proxy"));
        assertThat(credentials.onEvent(new ClusterEvent.Gone("Ingress", "shop", "web")))
                .isTrue();
        assertThat(credentials.wanted()).containsExactly(new GatewayCredentials.Name("edge", "shop-cert"));
    }

    @Test
    void wantsWhatAGatewayNamesWhereItsPodsAre() {
        seen("Gateway", "shop", "web", gateway("ingress", "api-cert"));
        assertThat(credentials.wanted()).isEmpty();
        seen("Pod", "edge", "gw-1", pod("ingress", "istio-proxy"));
        assertThat(credentials.wanted())
                .containsExactlyInAnyOrder(
                        new GatewayCredentials.Name("edge", "api-cert"),
                        new GatewayCredentials.Name("edge", "api-cert-cacert"));
    }

    @Test
    void wantsNothingForPodsThatServeNoGateway() {
        seen("Gateway", "shop", "web", gateway("ingress", "api-cert"));
        seen("Pod", "edge", "other", pod("egress", "istio-proxy"));
        seen("Pod", "shop", "app", pod("ingress", "app"));
        assertThat(credentials.wanted()).isEmpty();
    }

    @Test
    void forgetsWhatIsNoLongerNamed() {
        seen("Pod", "edge", "gw-1", pod("ingress", "istio-proxy"));
        seen("Gateway", "shop", "web", gateway("ingress", "api-cert"));
        assertThat(credentials.onEvent(new ClusterEvent.Gone("Gateway", "shop", "web")))
                .isTrue();
        assertThat(credentials.wanted()).isEmpty();
    }

    @Test
    void wantsWhatGatewaysShowToTheirUpstreams() {
        seen("Pod", "edge", "gw-1", pod("ingress", "istio-proxy"));
        seen("Gateway", "shop", "web", gateway("ingress", ""));
        seen(
                "DestinationRule",
                "shop",
                "bank",
                Trees.object(
                        "spec",
                        Trees.object(
                                "trafficPolicy",
                                Trees.object("tls", Trees.object("mode", "MUTUAL", "credentialName", "bank")))));
        assertThat(credentials.wanted()).contains(new GatewayCredentials.Name("edge", "bank"));
    }

    @Test
    void wantsWhatSidecarsShowWhomARuleSelects() {
        seen("Pod", "shop", "web-1", pod("none", "istio-proxy"));
        seen("Pod", "other", "web-1", pod("none", "istio-proxy"));
        seen("Pod", "shop", "plain-1", pod("none", "app"));
        seen(
                "DestinationRule",
                "shop",
                "bank",
                Trees.object(
                        "spec",
                        Trees.object(
                                "workloadSelector",
                                Trees.object("matchLabels", Trees.object("app", "gw")),
                                "trafficPolicy",
                                Trees.object("tls", Trees.object("mode", "SIMPLE", "credentialName", "bank")))));
        assertThat(credentials.wanted())
                .containsExactlyInAnyOrder(
                        new GatewayCredentials.Name("shop", "bank"),
                        new GatewayCredentials.Name("shop", "bank-cacert"));
    }

    @Test
    void keepsOfASecretOnlyWhatGatewaysNeed() {
        ObjectNode secret = Trees.object(
                "metadata",
                Trees.object("name", "a", "namespace", "b", "annotations", Trees.object("x", "y")),
                "data",
                Trees.object("tls.crt", "Yw==", "password", "c2VjcmV0"));
        assertThat(GatewayCredentials.extract(secret).toString())
                .contains("tls.crt")
                .doesNotContain("password", "annotations");
    }

    private void seen(String kind, String namespace, String name, ObjectNode object) {
        credentials.onEvent(new ClusterEvent.Seen(kind, namespace, name, object));
    }

    private static ObjectNode gateway(String istio, String credential) {
        return Trees.object(
                "spec",
                Trees.object(
                        "selector",
                        Trees.object("istio", istio),
                        "servers",
                        Trees.array(Trees.object("tls", Trees.object("credentialName", credential)))));
    }

    private static ObjectNode pod(String istio, String container) {
        return Trees.object(
                "metadata",
                Trees.object("labels", Trees.object("istio", istio, "app", "gw")),
                "spec",
                Trees.object("containers", Trees.array(Trees.object("name", container))),
                "status",
                Trees.object("phase", "Running"));
    }
}
