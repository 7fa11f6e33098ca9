package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.proxy.cluster.XxHash64;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Fields by which a DestinationRule and a ServiceEntry say which endpoint gets a request, from their text to the
/// traffic: what is hashed and into which table, the cookies that are made for it, weights, and who is less busy.
@ParameterizedClass
@EnumSource(DataPlane.class)
class BalancingFieldsIT {
    private static final int HOSTS = 4;
    private static final int TABLE = 11;
    private static final int RING = 16;
    private static final int REQUESTS = 400;
    private static final List<String> SIMPLE = List.of("LEAST_CONN", "LEAST_REQUEST", "ROUND_ROBIN");

    private static NumberedHosts hosts;
    private static YamlGateway gateway;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        hosts = new NumberedHosts(HOSTS);
        StringBuilder yaml = new StringBuilder(hashing("query", "httpQueryParameterName: user")
                + hashing("maglev", "httpHeaderName: x-user, maglev: {tableSize: %d}".formatted(TABLE))
                + hashing("ring", "httpHeaderName: x-user, ringHash: {minimumRingSize: %d}".formatted(RING))
                + hashing("old-ring", "httpHeaderName: x-user, minimumRingSize: %d".formatted(RING))
                + hashing("cookie", """
                        httpCookie: {name: stay, path: /shop, ttl: 60s,
                          attributes: [{name: SameSite, value: Strict}, {name: Partitioned}]}""")
                + hashing("session", "httpCookie: {name: stay, ttl: 0s}")
                + hashing("given", "httpCookie: {name: stay}"));
        yaml.append(YamlGateway.service(
                "weights",
                List.of(
                        hosts.endpoint(0, ", weight: 1"),
                        hosts.endpoint(1, ", weight: 2"),
                        hosts.endpoint(2, ", weight: 5"),
                        hosts.endpoint(3, "")),
                "loadBalancer: {simple: ROUND_ROBIN}"));
        for (String simple : SIMPLE) {
            yaml.append(
                    YamlGateway.service(busy(simple), hosts.first(2), "loadBalancer: {simple: %s}".formatted(simple)));
        }
        gateway = YamlGateway.start(plane, yaml.toString());
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        gateway.close();
        hosts.close();
    }

    private static String hashing(String name, String hash) {
        return YamlGateway.service(name, hosts.first(HOSTS), "loadBalancer: {consistentHash: {%s}}".formatted(hash));
    }

    private static String busy(String simple) {
        return simple.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int home(String name, String path, String... fields) throws IOException {
        return Integer.parseInt(gateway.get(name, path, fields).body());
    }

    @Test
    void staysWithAnEndpointByAQueryParameter() throws IOException {
        Set<Integer> used = new HashSet<>();
        for (int user = 0; user < 40; user++) {
            int first = home("query", "/?user=" + user);
            used.add(first);
            for (int turn = 0; turn < 4; turn++) {
                assertThat(home("query", "/other?turn=%d&user=%d".formatted(turn, user)))
                        .isEqualTo(first);
            }
        }
        assertThat(used).hasSizeGreaterThan(1);
    }

    /// Keys share a host where they share a place of the table.
    @Test
    void givesAMaglevTableItsSize() throws IOException {
        Map<Long, Integer> owners = new HashMap<>();
        for (int user = 0; user < 200; user++) {
            long place = Long.remainderUnsigned(XxHash64.ofBytes("user" + user, 0), TABLE);
            int home = home("maglev", "/", "x-user: user" + user);
            assertThat(owners.computeIfAbsent(place, _ -> home)).isEqualTo(home);
        }
        assertThat(owners).hasSize(TABLE);
        assertThat(Set.copyOf(owners.values())).hasSize(HOSTS);
    }

    /// Envoy shares the points out among the hosts; ours gives each host as many.
    @ParameterizedTest
    @ValueSource(strings = {"ring", "old-ring"})
    void givesARingItsSize(String name) throws IOException {
        int points = plane == DataPlane.ENVOY ? RING / HOSTS : RING;
        TreeMap<Long, Integer> ring = new TreeMap<>(Long::compareUnsigned);
        for (int host = 0; host < HOSTS; host++) {
            for (int point = 0; point < points; point++) {
                String key = "127.0.0.1:%d_%d".formatted(hosts.port(host), point);
                ring.put(XxHash64.ofBytes(key, 0), host);
            }
        }
        for (int user = 0; user < 200; user++) {
            Map.Entry<Long, Integer> next = ring.ceilingEntry(XxHash64.ofBytes("user" + user, 0));
            int owner = next == null ? ring.firstEntry().getValue() : next.getValue();
            assertThat(home(name, "/", "x-user: user" + user)).isEqualTo(owner);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cookie, ; Max-Age=60; Path=/shop; SameSite=Strict; Partitioned; HttpOnly",
        "session, ; HttpOnly",
    })
    void makesACookieThatStaysWithAnEndpoint(String name, String attributes) throws IOException {
        Set<Integer> used = new HashSet<>();
        for (int session = 0; session < 12; session++) {
            Reply first = gateway.get(name, "/");
            used.add(Integer.parseInt(first.body()));
            String made = first.field("set-cookie");
            assertThat(made).startsWith("stay=\"").endsWith("\"" + attributes);
            for (int turn = 0; turn < 8; turn++) {
                Reply next = gateway.get(name, "/", "cookie: a=b; " + made.split(";")[0]);
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.field("set-cookie")).isEqualTo("-");
            }
        }
        assertThat(used).hasSizeGreaterThan(1);
    }

    @Test
    void makesNoCookieWithoutALifetimeAndHeedsThoseThatCome() throws IOException {
        Set<Integer> used = new HashSet<>();
        for (int session = 0; session < 12; session++) {
            String field = "cookie: stay=session" + session;
            int first = home("given", "/", field);
            used.add(first);
            for (int turn = 0; turn < 8; turn++) {
                assertThat(home("given", "/", field)).isEqualTo(first);
            }
        }
        assertThat(used).hasSizeGreaterThan(1);
        assertThat(gateway.get("given", "/").field("set-cookie")).isEqualTo("-");
    }

    @Test
    void sharesOutByTheWeightsOfEndpoints() throws IOException {
        Spread.assertFollows(gateway.homes("weights", REQUESTS), 1, 2, 5, 1);
    }

    /// Of two hosts that are drawn the busy one is taken where both are the same.
    @ParameterizedTest
    @CsvSource({"LEAST_CONN, 0.25", "LEAST_REQUEST, 0.25", "ROUND_ROBIN, 0.5"})
    void givesLessToABusyEndpoint(String simple, double share) throws Exception {
        Thread held = Thread.startVirtualThread(() -> hold(simple));
        await().until(() -> !hosts.tries(simple).isEmpty());
        int busy = hosts.tries(simple).getFirst().host();
        int count = Collections.frequency(gateway.homes(busy(simple), REQUESTS), busy);
        new Share(REQUESTS, share).check(count, "requests to the busy one");
        assertThat(held.isAlive()).isTrue();
    }

    /// Until the test ends.
    private static void hold(String simple) {
        try {
            gateway.get(busy(simple), "/", "x-held: yes", "x-token: " + simple);
        } catch (IOException _) {
            // The server went first.
        }
    }
}
