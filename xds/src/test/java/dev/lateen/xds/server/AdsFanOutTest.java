package dev.lateen.xds.server;

import static dev.lateen.xds.ResourceType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.Subscription.Variant;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A change must cost what it touches, not what exists: a hundred proxies that see the same five thousand resources.
class AdsFanOutTest implements AdsSession.Output {
    private static final int PROXIES = 100;
    private static final int ROUNDS = 50;

    private final List<Push> sent = new ArrayList<>();
    private final DiffCache diffs = new DiffCache();

    @Test
    void oneOfFiveThousandCostsAboutAsMuchAsOneOfFifty() {
        Duration few = costOfAChange(50);
        Duration many = costOfAChange(5_000);

        System.out.println("one change to " + PROXIES + " proxies: of 50 resources " + few.toNanos() / 1000
                + " us of CPU, of 5,000 " + many.toNanos() / 1000);
        // Each proxy looking through them all would cost a hundred times as much.
        assertThat(many).isLessThan(few.multipliedBy(20));
    }

    /// The CPU time of the cheapest of several changes of one resource, each told to all proxies.
    private Duration costOfAChange(int resources) {
        Map<String, EncodedResource> world = new LinkedHashMap<>();
        for (int i = 0; i < resources; i++) {
            world.put("c" + i, EncodedResource.of(CLUSTER, "c" + i, StringValue.of("first " + i)));
        }
        List<AdsSession> sessions = new ArrayList<>();
        XdsResources first = XdsResources.EMPTY.withMap(CLUSTER, world);
        for (int i = 0; i < PROXIES; i++) {
            AdsSession session = new AdsSession(
                    "s" + i, Variant.DELTA, this, diffs, () -> Instant.EPOCH, (_, _) -> {}, Duration.ofSeconds(1));
            session.update(first, "first of " + resources);
            session.request(CLUSTER, List.of(), List.of(), Map.of(), "", Optional.empty());
            sessions.add(session);
        }
        accept(sessions);
        Duration least = Duration.ofHours(1);
        for (int round = 0; round < ROUNDS; round++) {
            world = new LinkedHashMap<>(world);
            world.put("c7", EncodedResource.of(CLUSTER, "c7", StringValue.of("round " + round)));
            Duration took = tell(sessions, XdsResources.EMPTY.withMap(CLUSTER, world), resources + ", " + round);
            least = took.compareTo(least) < 0 ? took : least;
            accept(sessions);
        }
        return least;
    }

    private Duration tell(List<AdsSession> sessions, XdsResources changed, String version) {
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (AdsSession session : sessions) {
            session.update(changed, version);
        }
        long bytes = sent.stream()
                .mapToLong(push -> WireMessages.delta(push).toByteArray().length)
                .sum();
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);

        assertThat(sent)
                .hasSize(PROXIES)
                .allSatisfy(push -> assertThat(push.resources()).hasSize(1));
        assertThat(bytes).isLessThan(PROXIES * 1000L);
        return took;
    }

    private void accept(List<AdsSession> sessions) {
        for (int i = 0; i < sessions.size(); i++) {
            sessions.get(i)
                    .request(
                            CLUSTER, List.of(), List.of(), Map.of(), sent.get(i).nonce(), Optional.empty());
        }
        sent.clear();
    }

    @Override
    public void send(Push push) {
        sent.add(push);
    }

    @Override
    public void onSubscribe(ResourceType type, Set<String> names) {}

    @Override
    public void onSettled(String version) {}

    @Override
    public void onAnswer(ResourceType type, PushEvent event, boolean accepted) {}
}
