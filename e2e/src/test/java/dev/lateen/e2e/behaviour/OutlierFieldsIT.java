package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `outlierDetection` of DestinationRules from its text to the traffic: which failures count, how many endpoints may be
/// left out, for how long, and when none is.
@ParameterizedClass
@EnumSource(DataPlane.class)
class OutlierFieldsIT {
    private static final int HOSTS = 4;
    private static final int REQUESTS = 400;
    private static final int NOBODY = -1;

    private static final String LONG = "baseEjectionTime: 300s, maxEjectionPercent: 100";

    private static NumberedHosts hosts;
    private static YamlGateway gateway;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        hosts = new NumberedHosts(HOSTS);
        StringBuilder yaml = new StringBuilder();
        for (String status : List.of("500", "502", "503", "504")) {
            yaml.append(service("any-" + status, 2, "consecutive5xxErrors: 3, " + LONG));
            yaml.append(
                    service("gateway-" + status, 2, "consecutive5xxErrors: 0, consecutiveGatewayErrors: 3, " + LONG));
        }
        yaml.append(split("joined", "consecutive5xxErrors: 2"))
                .append(split("external", "SPLIT, consecutive5xxErrors: 2, consecutiveLocalOriginFailures: 1000"))
                .append(split("local", "SPLIT, consecutive5xxErrors: 0, consecutiveLocalOriginFailures: 2"))
                .append(service(
                        "broken", 2, "SPLIT, consecutive5xxErrors: 0, consecutiveLocalOriginFailures: 1, " + LONG))
                .append(service(
                        "breaking", 2, "SPLIT, consecutive5xxErrors: 0, consecutiveLocalOriginFailures: 2, " + LONG))
                .append(service("panic", HOSTS, "consecutive5xxErrors: 1, minHealthPercent: 60, " + LONG))
                .append(service("calm", HOSTS, "consecutive5xxErrors: 1, minHealthPercent: 40, " + LONG))
                .append(service("brave", HOSTS, "consecutive5xxErrors: 1, " + LONG))
                .append(service(
                        "half", HOSTS, "consecutive5xxErrors: 1, baseEjectionTime: 300s, maxEjectionPercent: 50"))
                .append(service("tenth", HOSTS, "consecutive5xxErrors: 1, baseEjectionTime: 300s"))
                .append(service("brief", 2, "consecutive5xxErrors: 1, baseEjectionTime: 1s, maxEjectionPercent: 100"))
                .append(service("away", 2, "consecutive5xxErrors: 1, " + LONG));
        gateway = YamlGateway.start(plane, yaml.toString());
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        gateway.close();
        hosts.close();
    }

    private static String service(String name, int endpoints, String detection) {
        return service(name, hosts.first(endpoints), detection);
    }

    private static String service(String name, List<String> endpoints, String detection) {
        return YamlGateway.service(
                name,
                endpoints,
                "loadBalancer: {simple: ROUND_ROBIN}, outlierDetection: {interval: 50ms, %s}"
                        .formatted(detection.replace("SPLIT", "splitExternalLocalOriginErrors: true")));
    }

    /// One that is well, one that answers with errors, and one where nobody listens.
    private static String split(String name, String detection) {
        return service(
                name,
                List.of(hosts.endpoint(0, ""), hosts.endpoint(1, ""), YamlGateway.endpoint(Ports.free(), "")),
                detection + ", " + LONG);
    }

    private static Set<Integer> homes(String name, String... fields) throws IOException {
        return new HashSet<>(gateway.homes(name, 24, fields));
    }

    private static long ejected(String name) throws IOException {
        return gateway.outliers(name, "ejections_enforced_total");
    }

    @ParameterizedTest
    @CsvSource({
        "any-500, 500, true",
        "any-502, 502, true",
        "any-503, 503, true",
        "any-504, 504, true",
        "gateway-500, 500, false",
        "gateway-502, 502, true",
        "gateway-503, 503, true",
        "gateway-504, 504, true",
    })
    void leavesOutAfterSoManyErrorsThatCount(String name, int status, boolean counts) throws IOException {
        String bad = "x-bad-1: " + status;
        for (int errors = 0; errors < 2; errors += errorsOf(name, bad)) {
            assertThat(ejected(name)).isZero();
        }
        assertThat(gateway.homes(name, 8)).as("an answer in between").contains(1);
        for (int errors = 0; errors < 2; errors += errorsOf(name, bad)) {
            assertThat(ejected(name)).isZero();
        }
        assertThat(ejected(name)).isZero();
        if (counts) {
            await().until(() -> errorsOf(name, bad) == 1);
            await().until(() -> ejected(name) == 1);
            await().until(() -> homes(name, bad).equals(Set.of(0)));
        } else {
            assertThat(gateway.homes(name, 40, bad)).contains(1);
            assertThat(homes(name, bad)).containsExactlyInAnyOrder(0, 1);
            assertThat(ejected(name)).isZero();
        }
    }

    /// 1 where the next request came to the bad one.
    private static int errorsOf(String name, String bad) throws IOException {
        return gateway.homes(name, 1, bad).getFirst();
    }

    /// Hosts that answer with errors, and one that cannot be reached.
    @ParameterizedTest
    @CsvSource({"joined, false, false", "external, false, true", "local, true, false"})
    void countsFailuresToConnectApartFromErrorsWhereAsked(String name, boolean errors, boolean unreachable) {
        Set<Integer> left = new HashSet<>(Set.of(0));
        if (errors) {
            left.add(1);
        }
        if (unreachable) {
            left.add(NOBODY);
        }
        await().untilAsserted(() -> assertThat(homes(name, "x-bad-1: 503")).isEqualTo(left));
        await().during(Duration.ofSeconds(1))
                .until(() -> homes(name, "x-bad-1: 503").equals(left));
    }

    /// A connection that breaks counts as one that could not be made. In a row they come only with ours: Envoy takes
    /// each connection that was made for a success before it breaks.
    @Test
    void countsBrokenConnectionsAsFailuresOfItsOwnSide() throws IOException {
        await().untilAsserted(
                        () -> assertThat(homes("broken", "x-bad-1: reset")).containsExactly(0));
        if (plane == DataPlane.ENVOY) {
            assertThat(gateway.homes("breaking", 40, "x-bad-1: reset")).contains(NOBODY);
            assertThat(homes("breaking", "x-bad-1: reset")).containsExactlyInAnyOrder(0, NOBODY);
            assertThat(ejected("breaking")).isZero();
        } else {
            await().untilAsserted(() ->
                    assertThat(homes("breaking", "x-bad-1: reset")).containsExactly(0));
        }
    }

    /// Half of the hosts are left, which is too few for the first.
    @Test
    void usesAllWhereFewerThanTheLeastShareAreWell() throws IOException {
        for (String name : List.of("panic", "calm")) {
            await().until(() -> {
                gateway.homes(name, 8, "x-bad-2: 503", "x-bad-3: 503");
                return gateway.outliers(name, "ejections_active") == 2;
            });
        }
        await().until(() -> homes("panic").size() == HOSTS);
        Spread.assertFollows(gateway.homes("panic", REQUESTS), 1, 1, 1, 1);
        await().until(() -> homes("calm").size() == 2);
        Spread.assertFollows(gateway.homes("calm", REQUESTS), 1, 1, 0, 0);
    }

    @Test
    void usesNoneThatFailsUnlessALeastShareIsNamed() throws IOException {
        String[] bad = {"x-bad-0: 503", "x-bad-1: 503", "x-bad-2: 503", "x-bad-3: 503"};
        await().until(() -> homes("brave", bad).equals(Set.of(NOBODY)));
        assertThat(gateway.homes("brave", 40)).containsOnly(NOBODY);
    }

    @Test
    void leavesOutNoMoreThanTheGreatestShare() throws IOException {
        String[] bad = {"x-bad-1: 503", "x-bad-2: 503", "x-bad-3: 503"};
        await().until(() -> homes("half", bad).size() == 2);
        await().until(() -> gateway.outliers("half", "ejections_overflow") > 0);
        assertThat(gateway.homes("half", 40, bad)).contains(0);
        assertThat(homes("half", bad)).hasSize(2).contains(0);
        assertThat(gateway.outliers("half", "ejections_active")).isEqualTo(2);
    }

    /// One of four is more than Envoy's tenth.
    @Test
    void leavesOutNoneOfFewWhereNoShareIsNamed() throws IOException {
        await().until(() -> {
            gateway.homes("tenth", 8, "x-bad-1: 503");
            return gateway.outliers("tenth", "ejections_overflow") > 0;
        });
        assertThat(homes("tenth", "x-bad-1: 503")).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(ejected("tenth")).isZero();
    }

    @Test
    void takesAnEndpointBackWhenItsTimeIsOver() throws IOException {
        for (String name : List.of("brief", "away")) {
            await().until(() -> {
                gateway.homes(name, 2, "x-bad-1: 503");
                return ejected(name) > 0;
            });
        }
        // Without the field it would be thirty seconds.
        await().atMost(Duration.ofSeconds(20)).until(() -> homes("brief").contains(1));
        assertThat(homes("away")).containsExactly(0);
    }
}
