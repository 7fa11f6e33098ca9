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
    private static final int RESOURCES = 5000;

    private final List<Push> sent = new ArrayList<>();
    private final DiffCache diffs = new DiffCache();

    @Test
    void tellsAHundredProxiesOfOneChangeForATenthOfTellingThemAll() {
        Map<String, EncodedResource> world = new LinkedHashMap<>();
        for (int i = 0; i < RESOURCES; i++) {
            world.put("c" + i, EncodedResource.of(CLUSTER, "c" + i, StringValue.of("first " + i)));
        }
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        List<AdsSession> sessions = new ArrayList<>();
        XdsResources first = XdsResources.EMPTY.withMap(CLUSTER, world);
        for (int i = 0; i < PROXIES; i++) {
            AdsSession session = new AdsSession(
                    "s" + i, Variant.DELTA, this, diffs, () -> Instant.EPOCH, (_, _) -> {}, Duration.ofSeconds(1));
            session.update(first, "1");
            session.request(CLUSTER, List.of(), List.of(), Map.of(), "", Optional.empty());
            sessions.add(session);
        }
        Duration all = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
        accept(sessions);

        Map<String, EncodedResource> changed = new LinkedHashMap<>(world);
        changed.put("c7", EncodedResource.of(CLUSTER, "c7", StringValue.of("second")));
        XdsResources second = XdsResources.EMPTY.withMap(CLUSTER, changed);
        long before = threads.getCurrentThreadCpuTime();
        for (AdsSession session : sessions) {
            session.update(second, "2");
        }
        long bytes = sent.stream()
                .mapToLong(push -> WireMessages.delta(push).toByteArray().length)
                .sum();
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - before);

        assertThat(sent)
                .hasSize(PROXIES)
                .allSatisfy(push -> assertThat(push.resources()).hasSize(1));
        assertThat(bytes).isLessThan(PROXIES * 1000L);
        System.out.println("one change of " + RESOURCES + " resources to " + PROXIES + " proxies: " + took.toMillis()
                + " ms of CPU, all of them: " + all.toMillis());
        assertThat(took).isLessThan(all.dividedBy(10));
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
