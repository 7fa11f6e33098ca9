package dev.lateen.control.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.fetch.FetchTiming;
import dev.lateen.control.fetch.Refreshed;
import dev.lateen.control.fetch.StandInLoop;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayAddressesTest {
    private static final FetchTiming FAST =
            new FetchTiming(Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(50));
    private static final Origin SAID = new Origin(
            new ResourceKey("", "ConfigMap", "istio-system", "istio"),
            "v1",
            new Position("mesh.yaml", 7, 3),
            "networks.far.gateways[0]");

    private final Map<String, List<String>> known = new ConcurrentHashMap<>();
    private final StandInLoop loop = new StandInLoop();
    private final GatewayAddresses names =
            new GatewayAddresses(this::addresses, FAST, new Refreshed.Loop(loop, loop::after, () -> {}));

    @AfterEach
    void close() {
        names.close();
        loop.close();
    }

    private InetAddress[] addresses(String name) throws UnknownHostException {
        List<String> found = known.get(name);
        if (found == null) {
            throw new UnknownHostException(name);
        }
        return found.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    private <T> T ask(Callable<T> question) throws Exception {
        return loop.ask(question);
    }

    private void want(String... all) throws Exception {
        ask(() -> {
            names.want(Arrays.stream(all).collect(Collectors.toMap(name -> name, _ -> List.of(SAID))));
            return true;
        });
    }

    @Test
    void followsTheNameServer() throws Exception {
        known.put("far.test", List.of("10.0.0.2", "10.0.0.1"));
        want("far.test");
        await().until(() -> ask(names::addresses).equals(Map.of("far.test", List.of("10.0.0.1", "10.0.0.2"))));
        known.put("far.test", List.of("10.0.0.3", "fd00::1"));
        await().until(() ->
                ask(names::addresses).equals(Map.of("far.test", List.of("10.0.0.3", "fd00:0:0:0:0:0:0:1"))));
        want();
        assertThat(ask(names::addresses)).isEmpty();
    }

    @Test
    void keepsWhatWasFoundWhileThereIsNoAnswer() throws Exception {
        known.put("far.test", List.of("10.0.0.1"));
        want("far.test");
        await().until(() -> ask(names::areSettled));
        known.clear();
        await().until(() -> !ask(names::problems).isEmpty());
        assertThat(ask(names::addresses)).isEqualTo(Map.of("far.test", List.of("10.0.0.1")));
        assertThat(ask(names::problems)).singleElement().satisfies(problem -> {
            assertThat(problem.at().line()).isEqualTo(7);
            assertThat(problem.message()).contains("stay in force", "there is no such name");
        });
        known.put("far.test", List.of("10.0.0.4"));
        await().until(() -> ask(names::addresses).equals(Map.of("far.test", List.of("10.0.0.4"))));
        assertThat(ask(names::problems)).isEmpty();
    }

    @Test
    void saysOfANameThatNobodyKnows() throws Exception {
        want("nobody.test");
        await().until(() -> ask(names::areSettled));
        assertThat(ask(names::addresses)).isEmpty();
        assertThat(ask(names::problems))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("nobody goes through it"));
    }

    @Test
    void takesSixteenAddressesOfANameAtMost() throws Exception {
        known.put(
                "far.test", IntStream.range(0, 40).mapToObj(i -> "10.0.0." + i).toList());
        want("far.test");
        await().until(() -> ask(names::areSettled));
        assertThat(ask(names::addresses).get("far.test")).hasSize(16);
    }
}
