package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// Which secrets the mesh's Ingresses need, and which of them do not show their addresses.
final class IngressFactsTest {
    private Set<String> served = Set.of("shop");
    private final IngressFacts facts = new IngressFacts("istio-system", namespace -> served.contains(namespace));

    private void seen(String kind, String namespace, String name, ObjectNode object) {
        ObjectNode metadata = Trees.into(object, "metadata");
        metadata.put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        object.put("kind", kind);
        if (!object.has("apiVersion")) {
            object.put("apiVersion", kind.startsWith("Ingress") ? "networking.k8s.io/v1" : "v1");
        }
        facts.onEvent(new ClusterEvent.Seen(kind, namespace, name, object), kind.equals("ConfigMap"));
    }

    private void ingress(String namespace, String className, String shown) {
        ObjectNode object = Trees.object(
                "spec",
                Trees.object(
                        "ingressClassName", className, "tls", Trees.array(Trees.object("secretName", "shop-cert"))));
        if (!shown.isEmpty()) {
            object.set(
                    "status",
                    Trees.object("loadBalancer", Trees.object("ingress", Trees.array(Trees.object("ip", shown)))));
        }
        seen("Ingress", namespace, "web", object);
    }

    private void meshClass(String controller) {
        seen("IngressClass", "", "mesh", Trees.object("spec", Trees.object("controller", controller)));
    }

    private void service(String spec, String loadBalancer) {
        seen(
                "Service",
                "istio-system",
                "istio-ingressgateway",
                Trees.object(
                        "spec",
                        Trees.parse(spec),
                        "status",
                        Trees.object("loadBalancer", Trees.object("ingress", Trees.parse(loadBalancer)))));
    }

    @Test
    void needsTheSecretsOfItsOwnIngressesAlone() {
        ingress("shop", "mesh", "");
        assertThat(facts.credentials().secrets()).isEmpty();
        meshClass("istio.io/ingress-controller");
        assertThat(facts.credentials().secrets()).containsExactly("shop-cert");
        served = Set.of("other");
        assertThat(facts.credentials().secrets()).isEmpty();
        served = Set.of("shop");
        meshClass("example.com/other");
        assertThat(facts.credentials().secrets()).isEmpty();
    }

    @Test
    void goesByTheMeshsSettings() {
        meshClass("istio.io/ingress-controller");
        ingress("shop", "mesh", "");
        seen(
                "ConfigMap",
                "istio-system",
                "istio",
                Trees.object("data", Trees.object("mesh", "ingressSelector: edge\ningressControllerMode: STRICT\n")));
        assertThat(facts.credentials().proxies()).containsEntry("istio", "edge");
        seen(
                "ConfigMap",
                "istio-system",
                "istio",
                Trees.object("data", Trees.object("mesh", "ingressControllerMode: 'OFF'\n")));
        assertThat(facts.credentials().secrets()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"LoadBalancer\"} | [{\"ip\":\"10.0.0.1\",\"ports\":[]}] | [{\"ip\":\"10.0.0.1\"}]",
                "{\"type\":\"LoadBalancer\"} | [{\"hostname\":\"lb.test\"}] | [{\"hostname\":\"lb.test\"}]",
                "{\"externalIPs\":[\"10.0.0.2\"]} | [] | [{\"ip\":\"10.0.0.2\"}]",
                "{\"type\":\"ExternalName\",\"externalName\":\"gw.test\"} | [] | [{\"hostname\":\"gw.test\"}]",
            })
    void saysWhereTheServiceIsReached(String spec, String loadBalancer, String addresses) {
        meshClass("istio.io/ingress-controller");
        ingress("shop", "mesh", "");
        service(spec, loadBalancer);
        assertThat(facts.unshown()).singleElement().satisfies(one -> {
            assertThat(one.namespace() + "/" + one.name()).isEqualTo("shop/web");
            assertThat(one.addresses()).hasToString(addresses);
        });
    }

    private void gateway(String name, String label, String phase, String node) {
        seen(
                "Pod",
                "istio-system",
                name,
                Trees.object(
                        "metadata",
                        Trees.object("labels", Trees.object("istio", label)),
                        "spec",
                        Trees.object("nodeName", node),
                        "status",
                        Trees.object("phase", phase)));
    }

    private void node(String name, String... addresses) {
        List<ObjectNode> all = Stream.of(addresses)
                .map(one -> one.split("="))
                .map(one -> Trees.object("type", one[0], "address", one[1]))
                .toList();
        seen("Node", "", name, Trees.object("status", Trees.object("addresses", Trees.array(all))));
    }

    @Test
    void saysWhereTheGatewaysNodesAreReachedWhereNoServiceIsNamed() {
        meshClass("istio.io/ingress-controller");
        ingress("shop", "mesh", "");
        node("one", "InternalIP=10.0.0.1", "ExternalIP=192.0.2.2");
        node("two", "ExternalIP=192.0.2.1", "ExternalIP=192.0.2.3");
        gateway("a", "ingressgateway", "Running", "one");
        gateway("b", "ingressgateway", "Pending", "two");
        gateway("c", "egressgateway", "Running", "two");
        service("{}", "[]");
        assertThat(facts.unshown()).isEmpty();

        seen("ConfigMap", "istio-system", "istio", Trees.object("data", Trees.object("mesh", "ingressService: ''\n")));
        assertShown("[{\"ip\":\"192.0.2.2\"}]");
        gateway("b", "ingressgateway", "Running", "two");
        assertShown("[{\"ip\":\"192.0.2.1\"},{\"ip\":\"192.0.2.2\"},{\"ip\":\"192.0.2.3\"}]");
        facts.onEvent(new ClusterEvent.Gone("Pod", "istio-system", "a"), false);
        assertShown("[{\"ip\":\"192.0.2.1\"},{\"ip\":\"192.0.2.3\"}]");
        facts.onEvent(new ClusterEvent.Gone("Node", "", "two"), false);
        assertThat(facts.unshown()).isEmpty();
    }

    private void assertShown(String addresses) {
        assertThat(facts.unshown())
                .singleElement()
                .satisfies(one -> assertThat(one.addresses()).hasToString(addresses));
    }

    @Test
    void leavesWhatIsShownOrNotItsOwn() {
        service("{}", "[{\"ip\":\"10.0.0.1\"}]");
        ingress("shop", "mesh", "");
        assertThat(facts.unshown()).isEmpty();
        meshClass("istio.io/ingress-controller");
        assertThat(facts.unshown()).hasSize(1);
        ingress("shop", "mesh", "10.0.0.1");
        assertThat(facts.unshown()).isEmpty();
        service("{}", "[{\"ip\":\"10.0.0.9\"}]");
        assertThat(facts.unshown()).hasSize(1);
        service("{}", "[]");
        assertThat(facts.unshown()).isEmpty();
        facts.onEvent(new ClusterEvent.Gone("Ingress", "shop", "web"), false);
        service("{}", "[{\"ip\":\"10.0.0.9\"}]");
        assertThat(facts.unshown()).isEmpty();
    }
}
