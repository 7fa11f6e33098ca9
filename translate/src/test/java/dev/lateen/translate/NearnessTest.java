package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which endpoints are near by what a service says of itself, and by where the machines stand that pods run on.
class NearnessTest {
    private static final String SHOP = "outbound|80||shop.default.svc.cluster.local";
    private static final String MESH = node("here", "eu", "a")
            + node("beside", "eu", "a")
            + node("near", "eu", "b")
            + node("far", "us", "a")
            + pod("web-1", "10.1.0.1", "here", "web", "")
            + pod("shop-1", "10.2.0.1", "here", "shop", "")
            + pod("shop-2", "10.2.0.2", "beside", "shop", "")
            + pod("shop-3", "10.2.0.3", "near", "shop", "")
            + pod("shop-4", "10.2.0.4", "far", "shop", "")
            + pod("shop-5", "10.2.0.5", "far", "shop", "istio-locality: eu.b, ");

    @Test
    void isNothingWhereNobodyAsks() throws Exception {
        assertThat(priorities(service("", "")))
                .containsOnlyKeys("10.2.0.1", "10.2.0.2", "10.2.0.3", "10.2.0.4", "10.2.0.5");
        assertThat(priorities(service("", "")).values()).containsOnly(0);
        assertThat(priorities(service("", "Any")).values()).containsOnly(0);
        assertThat(priorities(service("", "PreferTheMoon")).values()).containsOnly(0);
    }

    @Test
    void isTheZoneThenTheRegionWhetherFailuresAreNoticedOrNot() throws Exception {
        Map<String, Integer> zones = Map.of("10.2.0.1", 0, "10.2.0.2", 0, "10.2.0.3", 1, "10.2.0.5", 1, "10.2.0.4", 2);
        assertThat(priorities(service("trafficDistribution: PreferSameZone, ", "")))
                .isEqualTo(zones);
        assertThat(priorities(service("trafficDistribution: PreferClose, ", "")))
                .isEqualTo(zones);
        assertThat(priorities(service("", "PreferSameZone"))).isEqualTo(zones);
    }

    @Test
    void isTheMachineFirstWhereThatIsAskedFor() throws Exception {
        assertThat(priorities(service("trafficDistribution: PreferSameNode, ", "")))
                .isEqualTo(Map.of("10.2.0.1", 0, "10.2.0.2", 1, "10.2.0.3", 2, "10.2.0.5", 2, "10.2.0.4", 3));
    }

    @Test
    void isSaidByTheServiceBeforeItsNamespaceAndByARuleBeforeBoth() throws Exception {
        String namespace = """
                apiVersion: v1
                kind: Namespace
                metadata: {name: default, annotations: {networking.istio.io/traffic-distribution: PreferSameNode}}
                ---
                """;
        assertThat(priorities(namespace + service("", "")).get("10.2.0.2")).isOne();
        assertThat(priorities(namespace + service("", "PreferClose")).get("10.2.0.2"))
                .isZero();
        assertThat(priorities(namespace + service("trafficDistribution: PreferClose, ", "PreferSameNode"))
                        .get("10.2.0.2"))
                .isZero();
        assertThat(priorities(namespace + service("", "") + rule("localityLbSetting: {enabled: false}"))
                        .values())
                .containsOnly(0);
    }

    @Test
    void countsWhereMachinesStandAsLabelsOfThePods() throws Exception {
        String failover = rule("localityLbSetting: {failoverPriority: [topology.kubernetes.io/region, %s]}");
        assertThat(priorities(service("", "") + failover.formatted("topology.kubernetes.io/zone")))
                .isEqualTo(Map.of("10.2.0.1", 0, "10.2.0.2", 0, "10.2.0.3", 1, "10.2.0.5", 1, "10.2.0.4", 2));
        assertThat(priorities(service("", "") + failover.formatted("kubernetes.io/hostname")))
                .isEqualTo(Map.of("10.2.0.1", 0, "10.2.0.2", 1, "10.2.0.3", 1, "10.2.0.5", 1, "10.2.0.4", 2));
    }

    @Test
    void movesWithTheMachinesLabels() throws Exception {
        Translated web = web(service("trafficDistribution: PreferSameZone, ", ""));
        assertThat(priorities(web).get("10.2.0.3")).isOne();
        web.put(node("near", "eu", "a"));
        assertThat(priorities(web)).containsEntry("10.2.0.3", 0).containsEntry("10.2.0.5", 1);
        web.put(node("here", "us", "a"));
        assertThat(priorities(web))
                .isEqualTo(Map.of("10.2.0.1", 0, "10.2.0.4", 0, "10.2.0.2", 1, "10.2.0.3", 1, "10.2.0.5", 1));
    }

    @Test
    void isNoLabelOfPodsWithoutOne() throws Exception {
        Translated web = web(service("", "") + """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop, namespace: default}
                spec:
                  host: shop.default.svc.cluster.local
                  subsets:
                  - {name: unset, labels: {canary: ""}}
                  - {name: zone, labels: {topology.kubernetes.io/zone: b}}
                """);
        assertThat(hosts(web, SHOP.replace("||", "|unset|"))).isEmpty();
        assertThat(hosts(web, SHOP.replace("||", "|zone|"))).containsExactlyInAnyOrder("10.2.0.3", "10.2.0.5");
    }

    private static String node(String name, String region, String zone) {
        return """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                  labels: {topology.kubernetes.io/region: %s, topology.kubernetes.io/zone: %s}
                ---
                """.formatted(name, region, zone);
    }

    private static String pod(String name, String address, String node, String app, String labels) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, labels: {%sapp: %s}}
                spec: {nodeName: %s, containers: [{name: main}]}
                status: {podIP: %s, phase: Running, conditions: [{type: Ready, status: "True"}]}
                ---
                """.formatted(name, labels, app, node, address);
    }

    private static String service(String spec, String annotation) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: shop, namespace: default, annotations: {networking.istio.io/traffic-distribution: "%s"}}
                spec: {%sclusterIP: 10.3.0.1, selector: {app: shop}, ports: [{name: http, port: 80}]}
                ---
                """.formatted(annotation, spec);
    }

    private static String rule(String balancer) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop, namespace: default}
                spec:
                  host: shop.default.svc.cluster.local
                  trafficPolicy: {loadBalancer: {%s}, outlierDetection: {consecutive5xxErrors: 1}}
                ---
                """.formatted(balancer);
    }

    private static Translated web(String more) {
        return new Translated(MESH + more, "sidecar", "default", Map.of("NODE_NAME", "here"));
    }

    private static Map<String, Integer> priorities(String more) throws Exception {
        return priorities(web(more));
    }

    private static Set<String> hosts(Translated web, String cluster) throws Exception {
        return priorities(web, cluster).keySet();
    }

    private static Map<String, Integer> priorities(Translated web) throws Exception {
        return priorities(web, SHOP);
    }

    private static Map<String, Integer> priorities(Translated web, String cluster) throws Exception {
        Map<String, Integer> found = new HashMap<>();
        for (LocalityLbEndpoints group : ClusterLoadAssignment.parseFrom(web.sent(ResourceType.ENDPOINT, cluster))
                .getEndpointsList()) {
            group.getLbEndpointsList()
                    .forEach(endpoint -> found.put(
                            endpoint.getEndpoint()
                                    .getAddress()
                                    .getSocketAddress()
                                    .getAddress(),
                            group.getPriority()));
        }
        return found;
    }
}
