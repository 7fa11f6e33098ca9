package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.behaviour.NumberedHosts.Try;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `retries` of VirtualServices from its text to the traffic: where a request is tried again, and when.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RetryFieldsIT {
    private static final int HOSTS = 4;
    private static final int REQUESTS = 300;
    private static final String ONCE = "attempts: 1, retryOn: 5xx, backoff: 1ms";
    private static final String RANDOM = "loadBalancer: {simple: RANDOM}";
    private static final String RING = "loadBalancer: {consistentHash: {httpHeaderName: x-token}}";
    private static final String MAGLEV =
            "loadBalancer: {consistentHash: {httpHeaderName: x-token, maglev: {tableSize: 65537}}}";
    private static final String ANY = ", retryIgnorePreviousHosts: false";
    private static final String OTHER = ", retryIgnorePreviousHosts: true";

    private static NumberedHosts hosts;
    private static YamlGateway gateway;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        hosts = new NumberedHosts(HOSTS);
        List<String> two = hosts.first(2);
        List<String> all = hosts.first(HOSTS);
        String yaml = places("anywhere", "retryRemoteLocalities: true, ")
                + places("here", "retryRemoteLocalities: false, ")
                + places("unsaid", "")
                + YamlGateway.service("random", two, RANDOM, ONCE)
                + YamlGateway.service("random-any", two, RANDOM, ONCE + ANY)
                + YamlGateway.service("random-other", two, RANDOM, ONCE + OTHER)
                + YamlGateway.service("ring", all, RING, ONCE)
                + YamlGateway.service("ring-other", all, RING, ONCE + OTHER)
                + YamlGateway.service("maglev", all, MAGLEV, ONCE)
                + YamlGateway.service("maglev-other", all, MAGLEV, ONCE + OTHER)
                + YamlGateway.service("patient", two, RANDOM, "attempts: 1, retryOn: 5xx, backoff: 2s");
        gateway = YamlGateway.start(plane, yaml);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        gateway.close();
        hosts.close();
    }

    /// One endpoint where the gateway is, and one elsewhere.
    private static String places(String name, String retries) {
        return YamlGateway.service(
                name,
                List.of(hosts.endpoint(0, ", locality: eu/a"), hosts.endpoint(1, ", locality: us/c")),
                "outlierDetection: {consecutive5xxErrors: 0}",
                retries + "attempts: 3, retryOn: 5xx, backoff: 1ms");
    }

    private static List<Integer> tries(String name, String token) throws IOException {
        gateway.get(name, "/", "x-token: " + token, "x-bad-0: 503", "x-bad-1: 503", "x-bad-2: 503", "x-bad-3: 503");
        return hosts.tries(token).stream().map(Try::host).toList();
    }

    /// After two tries the other locality has its turn.
    @Test
    void triesAgainElsewhereWhereAsked() throws IOException {
        Reply reply = gateway.get("anywhere", "/", "x-token: anywhere", "x-bad-0: 503");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(hosts.tries("anywhere").stream().map(Try::host)).containsExactly(0, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({"here", "unsaid"})
    void staysInItsLocalityOtherwise(String name) throws IOException {
        assertThat(tries(name, name)).containsExactly(0, 0, 0, 0);
    }

    /// A host is drawn six times at most until it is another.
    @ParameterizedTest
    @CsvSource({"random, 0.015625", "random-other, 0.015625", "random-any, 0.5"})
    void triesAnotherEndpointUnlessToldThatAnyWillDo(String name, double share) throws IOException {
        new Share(REQUESTS, share).check(same(name), "retries at the same host");
    }

    @ParameterizedTest
    @CsvSource({"ring, 1", "maglev, 1", "ring-other, 0.001", "maglev-other, 0.001"})
    void staysWithTheHashUnlessToldToTryAnotherEndpoint(String name, double share) throws IOException {
        new Share(REQUESTS, share).check(same(name), "retries at the same host");
    }

    /// How many requests were tried twice at the same host.
    private static int same(String name) throws IOException {
        int same = 0;
        for (int request = 0; request < REQUESTS; request++) {
            List<Integer> tries = tries(name, name + "-" + request);
            assertThat(tries).hasSize(2);
            same += tries.getFirst().equals(tries.getLast()) ? 1 : 0;
        }
        return same;
    }

    /// The time is drawn from nothing to two seconds: of sixteen requests one waits for more than 0.8 s, but once in
    /// two million times.
    @Test
    void waitsBetweenTries() throws Exception {
        List<Future<List<Integer>>> requests = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < 16; client++) {
                String token = "patient-" + client;
                requests.add(clients.submit(() -> tries("patient", token)));
            }
        }
        long longest = 0;
        for (int client = 0; client < requests.size(); client++) {
            assertThat(requests.get(client).get()).hasSize(2);
            List<Try> tries = hosts.tries("patient-" + client);
            longest =
                    Math.max(longest, tries.getLast().nanos() - tries.getFirst().nanos());
        }
        assertThat(Duration.ofNanos(longest)).isGreaterThan(Duration.ofMillis(800));
    }
}
