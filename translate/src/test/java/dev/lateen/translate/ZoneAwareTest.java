package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What of `zoneAwareLbSetting` reaches a proxy, and how it learns where those of its own kind run.
class ZoneAwareTest {
    private static final String SHOP = "outbound|80||shop.test";
    private static final String MESH = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: shop, namespace: default}
            spec:
              hosts: [shop.test]
              resolution: STATIC
              location: MESH_INTERNAL
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints:
              - {address: 10.1.0.1, locality: eu/a, labels: {version: v1}}
              - {address: 10.1.0.2, locality: eu/b, labels: {version: v2}}
              - {address: 10.1.0.3, locality: us/a, labels: {version: v1}}
              - {address: 10.1.0.4, locality: ap/a, labels: {version: v2}}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: web, namespace: default}
            spec:
              hosts: [web.test]
              resolution: STATIC
              location: MESH_INTERNAL
              ports: [{number: 80, name: http, protocol: HTTP}, {number: 81, name: more, protocol: HTTP}]
              workloadSelector: {labels: {app: web}}
            """;

    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final Translator translator = new Translator();

    @Test
    void keepsTheProxysOwnRegionFirstWhetherFailuresAreNoticedOrNot() throws Exception {
        mesh(rule("{zoneAwareLbSetting: {}}"));
        assertThat(priorities(SHOP, node(true))).isEqualTo(Map.of("eu/a", 0, "eu/b", 0, "us/a", 1, "ap/a", 1));
    }

    @Test
    void failsOverToTheRegionThatARuleNames() throws Exception {
        mesh(rule("{zoneAwareLbSetting: {failover: [{from: eu, to: ap}]}}"));
        assertThat(priorities(SHOP, node(true))).isEqualTo(Map.of("eu/a", 0, "eu/b", 0, "ap/a", 1, "us/a", 2));
    }

    @Test
    void ordersByLabelsAndThenByRegion() throws Exception {
        mesh(rule("{zoneAwareLbSetting: {failoverPriority: [\"version=v1\"]}}"));
        assertThat(priorities(SHOP, node(true))).isEqualTo(Map.of("eu/a", 0, "us/a", 1, "eu/b", 2, "ap/a", 3));
    }

    @Test
    void ordersByLabelsAndThenByTheRegionThatARuleNamesWhereZonesDoNotCount() throws Exception {
        String labels = "failoverPriority: [\"version=v1\"]";
        mesh(rule("{localityLbSetting: {%s}}, outlierDetection: {consecutive5xxErrors: 1}".formatted(labels)));
        assertThat(priorities(SHOP, node(true))).isEqualTo(Map.of("eu/a", 0, "us/a", 0, "eu/b", 1, "ap/a", 1));

        mesh(rule(
                "{localityLbSetting: {%s, failover: [{from: eu, to: us}]}}, outlierDetection: {consecutive5xxErrors: 1}"
                        .formatted(labels)));
        assertThat(priorities(SHOP, node(true))).isEqualTo(Map.of("eu/a", 0, "us/a", 1, "eu/b", 2, "ap/a", 3));
    }

    /// As in Istio, whose mesh has `localityLbSetting` turned on.
    @Test
    void ordersByDistanceWhereFailuresAreNoticedAndNobodySaysOtherwise() throws Exception {
        String notices = rule("{simple: RANDOM}, outlierDetection: {consecutive5xxErrors: 1}");
        Map<String, Integer> byDistance = Map.of("eu/a", 0, "eu/b", 1, "us/a", 2, "ap/a", 2);
        mesh(notices);
        assertThat(priorities(SHOP, node(true))).isEqualTo(byDistance);

        mesh(MESH_CONFIG.formatted("localityLbSetting: {}") + notices);
        assertThat(priorities(SHOP, node(true))).isEqualTo(byDistance);

        mesh(MESH_CONFIG.formatted("localityLbSetting: {enabled: false}") + notices);
        assertThat(priorities(SHOP, node(true)).values()).containsOnly(0);

        mesh(rule("{simple: RANDOM}"));
        assertThat(priorities(SHOP, node(true)).values()).containsOnly(0);
    }

    @Test
    void tellsTheSizeBelowWhichZonesDoNotCount() throws Exception {
        mesh(rule("{zoneAwareLbSetting: {minClusterSize: 3}}"));
        CommonLbConfig.ZoneAwareLbConfig zones = common(node(true)).getZoneAwareLbConfig();
        assertThat(zones.getMinClusterSize().getValue()).isEqualTo(3);
        assertThat(zones.hasRoutingEnabled()).isFalse();
    }

    @Test
    void turnsZonesOffForWhoWouldHeedThemUnasked() throws Exception {
        mesh("");
        assertThat(common(node(true)).getZoneAwareLbConfig().hasRoutingEnabled())
                .isTrue();
        assertThat(common(node(true)).getZoneAwareLbConfig().getRoutingEnabled().getValue())
                .isZero();
        assertThat(common(node(false)).hasZoneAwareLbConfig()).isFalse();
    }

    @Test
    void letsARuleHaveItsOwnWayWithBothSettingsOfTheMesh() throws Exception {
        String both = "localityLbSetting: {failover: [{from: eu, to: us}]}, zoneAwareLbSetting: {}";
        mesh(MESH_CONFIG.formatted(both));
        assertThat(common(node(false)).hasZoneAwareLbConfig()).isTrue();

        mesh(MESH_CONFIG.formatted(both) + rule("{localityLbSetting: {enabled: true}}"));
        assertThat(common(node(false)).hasLocalityWeightedLbConfig()).isTrue();

        mesh(MESH_CONFIG.formatted(both) + rule("{zoneAwareLbSetting: {enabled: false}}"));
        assertThat(common(node(false)).getLocalityConfigSpecifierCase())
                .isEqualTo(CommonLbConfig.LocalityConfigSpecifierCase.LOCALITYCONFIGSPECIFIER_NOT_SET);
        assertThat(priorities(SHOP, node(false)).values()).containsOnly(0);
    }

    @Test
    void countsThoseOfTheSameWorkloadRevisionAndRegionOnceEach() throws Exception {
        mesh(web("one", "10.2.0.1", "eu/a", "web", "7")
                + web("two", "10.2.0.2", "eu/b", "web", "7")
                + web("three", "10.2.0.3", "eu/b", "web", "7")
                + web("far", "10.2.0.4", "us/a", "web", "7")
                + web("old", "10.2.0.5", "eu/a", "web", "6"));
        ClusterLoadAssignment local = assignment("local_cluster", node(true));
        assertThat(hosts(local))
                .isEqualTo(Map.of("eu/a", List.of("10.2.0.1"), "eu/b", List.of("10.2.0.2", "10.2.0.3")));
    }

    @Test
    void tellsWorkloadsOfOneServiceApartWhereBothSidesNameThem() throws Exception {
        String blue = ", service.istio.io/workload-name: blue";
        mesh(web("one", "10.2.0.1", "eu/a", "web" + blue, "7")
                + web("two", "10.2.0.2", "eu/b", "web" + blue, "7")
                + web("three", "10.2.0.3", "eu/b", "web", "7"));
        assertThat(hosts(assignment("local_cluster", node(true, "blue"))).get("eu/b"))
                .containsExactly("10.2.0.2");
        assertThat(hosts(assignment("local_cluster", node(true, "green"))).get("eu/b"))
                .containsExactly("10.2.0.2", "10.2.0.3");
    }

    @Test
    void saysWhereNoProxyAsksForItsKindSoThatZonesDoNotCount() {
        mesh(rule("{zoneAwareLbSetting: {}}"));
        resources(node(false));
        assertThat(translator.problems(builder.build())).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("spec.trafficPolicy.loadBalancer.zoneAwareLbSetting");
            assertThat(problem.advice()).contains("ISTIO_META_ENABLE_SELF_DISCOVERY");
        });

        resources(node(true));
        assertThat(translator.problems(builder.build())).isEmpty();
    }

    @Test
    void tellsAProxyWithoutAServiceThatItIsAlone() throws Exception {
        mesh("");
        assertThat(assignment("local_cluster", node(true)).getEndpointsCount()).isZero();
        assertThat(resources(node(false)).ofType(ResourceType.ENDPOINT)).doesNotContainKey("local_cluster");
    }

    @Test
    void seesItsOwnKindMoveThoughNothingElseDoes() throws Exception {
        mesh(web("one", "10.2.0.1", "eu/a", "web", "7"));
        XdsResources before = resources(node(true));
        assertThat(resources(node(true)).ofType(ResourceType.ENDPOINT)).isSameAs(before.ofType(ResourceType.ENDPOINT));

        builder.put(read(web("two", "10.2.0.2", "eu/b", "web", "7")));
        assertThat(hosts(assignment("local_cluster", node(true)))).containsKeys("eu/a", "eu/b");
        assertThat(resources(node(true)).ofType(ResourceType.CLUSTER)).isSameAs(before.ofType(ResourceType.CLUSTER));
    }

    private static final String MESH_CONFIG = """
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "{%s}"}
            """;

    private static String rule(String balancer) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop, namespace: default}
                spec: {host: shop.test, trafficPolicy: {loadBalancer: %s}}
                """.formatted(balancer);
    }

    private static String web(String name, String address, String locality, String app, String hash) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: %s, namespace: default}
                spec: {address: %s, locality: %s, labels: {app: %s, pod-template-hash: "%s"}}
                """.formatted(name, address, locality, app, hash);
    }

    private void mesh(String more) {
        List<RawResource> resources = read(MESH + more);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
    }

    private static List<RawResource> read(String yaml) {
        return ResourceReader.create().read(yaml, "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
    }

    private static ProxyNode node(boolean asks) {
        return node(asks, "");
    }

    private static ProxyNode node(boolean asks, String workload) {
        Map<String, Object> metadata = new HashMap<>(Map.of(
                "LATEEN_PROXY", "true", "LABELS", Map.of("app", "web", "pod-template-hash", "7", "version", "v1")));
        metadata.put("WORKLOAD_NAME", workload);
        if (asks) {
            metadata.put("ENABLE_SELF_DISCOVERY", "true");
        }
        return ProxyNode.parse(
                        "sidecar~10.2.0.1~web-1.default~default.svc.cluster.local",
                        metadata,
                        new Locality("eu", "a", ""))
                .orElseThrow();
    }

    private XdsResources resources(ProxyNode node) {
        return translator.translate(builder.build(), node);
    }

    private CommonLbConfig common(ProxyNode node) throws Exception {
        return Cluster.parseFrom(resources(node)
                        .ofType(ResourceType.CLUSTER)
                        .get(SHOP)
                        .any()
                        .getValue())
                .getCommonLbConfig();
    }

    private ClusterLoadAssignment assignment(String name, ProxyNode node) throws Exception {
        return ClusterLoadAssignment.parseFrom(
                resources(node).ofType(ResourceType.ENDPOINT).get(name).any().getValue());
    }

    private Map<String, Integer> priorities(String name, ProxyNode node) throws Exception {
        Map<String, Integer> found = new HashMap<>();
        for (LocalityLbEndpoints group : assignment(name, node).getEndpointsList()) {
            found.put(where(group), group.getPriority());
        }
        return found;
    }

    private static Map<String, List<String>> hosts(ClusterLoadAssignment assignment) {
        Map<String, List<String>> found = new TreeMap<>();
        assignment
                .getEndpointsList()
                .forEach(group -> found.put(
                        where(group),
                        group.getLbEndpointsList().stream()
                                .map(e -> e.getEndpoint()
                                        .getAddress()
                                        .getSocketAddress()
                                        .getAddress())
                                .toList()));
        return found;
    }

    private static String where(LocalityLbEndpoints group) {
        return group.getLocality().getRegion() + "/" + group.getLocality().getZone();
    }
}
