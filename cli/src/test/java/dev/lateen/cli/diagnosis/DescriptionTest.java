package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptionTest {
    private static final String ROUTES = """
            {"kind": "VirtualService", "metadata": {"name": "order", "namespace": "shop"}, "origin": "shop.yaml:12:1",
             "spec": {"hosts": ["order", "shop.example"], "gateways": ["mesh", "edge"], "http": [
               {"match": [{"headers": {"version": {"exact": "v2"}}, "uri": {"prefix": "/api"}}],
                "route": [{"destination": {"host": "order", "subset": "v2"}}]},
               {"route": [{"destination": {"host": "order", "subset": "v1"}, "weight": 90},
                          {"destination": {"host": "order", "subset": "v2"}, "weight": 10}], "timeout": "5s"}]}}""";
    private static final String RULE = """
            {"kind": "DestinationRule", "metadata": {"name": "order", "namespace": "shop"},
             "spec": {"host": "order.shop.svc.cluster.local", "trafficPolicy": {"loadBalancer": {"simple": "RANDOM"}},
                      "subsets": [{"name": "v1", "labels": {"app": "order"}}, {"name": "v2", "labels": {"v": "2"}}]}}""";
    private static final String FOREIGN = """
            {"kind": "DestinationRule", "metadata": {"name": "other", "namespace": "web"}, "spec": {"host": "order"}}""";
    private static final String GATEWAY = """
            {"kind": "Gateway", "metadata": {"name": "edge", "namespace": "shop"},
             "spec": {"selector": {"istio": "ingressgateway"},
                      "servers": [{"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["*"]}]}}""";
    private static final String INGRESS = """
            {"metadata": {"name": "istio-ingressgateway", "namespace": "istio-system"},
             "spec": {"selector": {"istio": "ingressgateway"}},
             "status": {"loadBalancer": {"ingress": [{"ip": "172.18.255.10"}]}}}""";

    private final ClusterPicture picture = RecordedCluster.whole()
            .withMesh(RecordedCluster.pages(
                    "{\"proxy\": \"order-7c9f-x2.shop\"}", List.of(ROUTES, RULE, FOREIGN, GATEWAY), List.of("""
                            {"kind": "VirtualService", "name": "order", "namespace": "shop", "diagnostics": [
                              {"severity": "warning", "message": "subset v3 is not there", "advice": "v2?"}]}""")))
            .picture();

    @Test
    void tellsPortsRulesRoutesAndGatewaysOfAPod() {
        String text = Description.ofPod(
                picture.pod(),
                RecordedCluster.trees(List.of(RecordedCluster.whole().service(), INGRESS)),
                picture.mesh());
        assertThat(text)
                .contains("Pod: order-7c9f-x2.shop")
                .contains("Ports: 8080 (app)")
                .contains("Service: order.shop")
                .contains("Port: http 80/HTTP targets pod port 8080")
                .contains("DestinationRule: order.shop")
                .contains("Matching subsets: v1 (others: v2)")
                .contains("Traffic policy: loadBalancer")
                .contains("VirtualService: order.shop at shop.yaml:12")
                .contains("1. header version exact v2, uri prefix /api → order subset v2")
                .contains("2. any request → order subset v1 90 %, order subset v2 10 %; timeout 5s")
                .contains("Exposed by gateway shop/edge (HTTP 80) for order, shop.example at 172.18.255.10")
                .contains("subset v3 is not there; v2?")
                .doesNotContain("other.web");
    }

    @Test
    void warnsOfAServiceWithoutPods() {
        String text = Description.ofService(
                RecordedCluster.trees(List.of(RecordedCluster.whole().service()))
                        .getFirst(),
                List.of(),
                List.of(),
                picture.mesh());
        assertThat(text).contains("no pod has the labels that the Service selects");
    }

    @Test
    void takesShortHostsForTheResourcesOwnNamespace() {
        assertThat(HostNames.mean("order", "shop", "order", "shop")).isTrue();
        assertThat(HostNames.mean("order", "web", "order", "shop")).isFalse();
        assertThat(HostNames.mean("order.shop.svc.cluster.local", "web", "order", "shop"))
                .isTrue();
        assertThat(HostNames.mean("order.shop.example", "web", "order", "shop")).isFalse();
        assertThat(HostNames.mean("*.shop.svc.cluster.local", "web", "order", "shop"))
                .isTrue();
    }
}
