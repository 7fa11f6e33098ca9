package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `localityLbSetting` of the MeshConfig and of DestinationRules from their text to the traffic of a gateway in `eu/a`:
/// shares of localities, and who takes over when others fail.
@ParameterizedClass
@EnumSource(DataPlane.class)
class LocalityFieldsIT {
    private static final int REQUESTS = 600;
    private static final String MESH = """
            ---
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                localityLbSetting: {distribute: [{from: "eu/a/*", to: {"eu/b/*": 60, "us/*": 40}}]}
            """;
    private static final String NOTICES =
            ", outlierDetection: {consecutive5xxErrors: 1, interval: 50ms, baseEjectionTime: 300s, maxEjectionPercent: 100}";
    private static final List<String> PLACES = List.of("eu/a", "eu/b", "us/c", "asia/d");
    private static final List<String> SAME = List.of("a: b", "a: b", "a: b", "a: b");

    private static NumberedHosts hosts;
    private static YamlGateway gateway;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        hosts = new NumberedHosts(PLACES.size());
        String yaml = MESH
                + YamlGateway.withoutRule("mesh", "STATIC", endpoints(SAME), YamlGateway.NO_RETRIES)
                + YamlGateway.service("silent", endpoints(SAME), "loadBalancer: {simple: RANDOM}")
                + service("ruled", """
                        distribute: [{from: "us/*", to: {"us/*": 100}},
                          {from: "eu/*", to: {"eu/a/*": 70, "us/*": 20, "asia/d": 10}}]""", "", SAME)
                + YamlGateway.service(
                        "weighted",
                        List.of(
                                hosts.endpoint(0, ", locality: eu/a, weight: 3"),
                                hosts.endpoint(1, ", locality: eu/b, weight: 1"),
                                hosts.endpoint(2, ", locality: us/c, weight: 9")),
                        "loadBalancer: {localityLbSetting: {distribute: [{from: \"*\", to: {\"eu/*\": 100}}]}}")
                + service("off", "enabled: false", NOTICES, SAME)
                + service("blind", "enabled: true", "", SAME)
                + service("near", "enabled: true", NOTICES, SAME)
                + service("over", "failover: [{from: eu, to: asia}]", NOTICES, SAME)
                + service(
                        "labels",
                        "failoverPriority: [istio, \"version=v2\"]",
                        NOTICES,
                        List.of(
                                "istio: other, version: v2",
                                "istio: ingressgateway, version: v1",
                                "istio: ingressgateway, version: v2",
                                "a: b"))
                + service(
                        "both",
                        "failoverPriority: [\"version=v2\"], failover: [{from: eu, to: asia}]",
                        NOTICES,
                        List.of("version: v1", "version: v2", "version: v2", "version: v2"));
        gateway = YamlGateway.start(plane, yaml);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        gateway.close();
        hosts.close();
    }

    /// @param labels of the endpoint in each place
    private static String service(String name, String setting, String more, List<String> labels) {
        return YamlGateway.service(
                name, endpoints(labels), "loadBalancer: {localityLbSetting: {%s}}%s".formatted(setting, more));
    }

    private static List<String> endpoints(List<String> labels) {
        List<String> endpoints = new ArrayList<>();
        for (int place = 0; place < PLACES.size(); place++) {
            endpoints.add(hosts.endpoint(
                    place, ", locality: %s, labels: {%s}".formatted(PLACES.get(place), labels.get(place))));
        }
        return endpoints;
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesh", "silent"})
    void sharesOutAsTheMeshSaysWhereNoRuleDoes(String name) throws IOException {
        assertShares(name, 0, 0.6, 0.4, 0);
    }

    @Test
    void sharesOutAsARuleSaysForThePlaceOfTheGateway() throws IOException {
        assertShares("ruled", 0.7, 0, 0.2, 0.1);
    }

    @Test
    void sharesOutByWeightWhereSeveralPlacesAreMeant() throws IOException {
        assertShares("weighted", 0.75, 0.25, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "blind"})
    void sendsEverywhereWhereItIsTurnedOffOrFailuresAreNotNoticed(String name) throws IOException {
        assertShares(name, 0.25, 0.25, 0.25, 0.25);
    }

    private static void assertShares(String name, double... shares) throws IOException {
        List<Integer> homes = gateway.homes(name, REQUESTS);
        for (int place = 0; place < shares.length; place++) {
            new Share(REQUESTS, shares[place]).check(Collections.frequency(homes, place), PLACES.get(place));
        }
    }

    @Test
    void failsOverFromZoneToRegionToTheOthers() {
        assertThat(order("near")).containsExactly(Set.of(0), Set.of(1), Set.of(2, 3));
    }

    @Test
    void failsOverToTheRegionThatARuleNames() {
        assertThat(order("over")).containsExactly(Set.of(0), Set.of(1), Set.of(3), Set.of(2));
    }

    /// The first endpoint is nearest, but it shares no label with the gateway.
    @Test
    void failsOverByLabels() {
        assertThat(order("labels")).containsExactly(Set.of(2), Set.of(1), Set.of(0, 3));
    }

    @Test
    void failsOverByLabelsAndThenByRegion() {
        assertThat(order("both")).containsExactly(Set.of(1), Set.of(3), Set.of(2), Set.of(0));
    }

    /// Who answers while nobody fails, then without those, and so on.
    private static List<Set<Integer>> order(String name) {
        List<Set<Integer>> order = new ArrayList<>();
        Set<Integer> bad = new TreeSet<>();
        while (bad.size() < PLACES.size()) {
            Set<Integer> next = new TreeSet<>();
            await().until(() -> {
                next.clear();
                next.addAll(gateway.homes(name, 60, fail(bad)));
                return Collections.disjoint(next, bad);
            });
            assertThat(next).isNotEmpty().doesNotContain(-1);
            order.add(next);
            bad.addAll(next);
        }
        return order;
    }

    private static String[] fail(Set<Integer> bad) {
        return bad.stream().map("x-bad-%d: 503"::formatted).toArray(String[]::new);
    }
}
