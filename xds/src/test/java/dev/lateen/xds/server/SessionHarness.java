package dev.lateen.xds.server;

import com.google.protobuf.StringValue;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.Subscription.Variant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A session without a network: what it sends is kept, its clock stands until moved.
final class SessionHarness implements AdsSession.Output {
    static final Duration HOLD = Duration.ofSeconds(1);

    final Deque<Push> sent = new ArrayDeque<>();
    final AdsSession session;
    private final List<Runnable> timers = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    SessionHarness(Variant variant) {
        session = new AdsSession("s", variant, this, new DiffCache(), () -> now, (_, task) -> timers.add(task), HOLD);
    }

    static EncodedResource resource(ResourceType type, String name, int revision) {
        return EncodedResource.of(type, name, StringValue.of(name + revision));
    }

    /// `"a1"` is the resource `a` in revision 1.
    static XdsResources world(XdsResources base, ResourceType type, String... resources) {
        return base.with(
                type,
                Arrays.stream(resources)
                        .map(text -> resource(type, text.substring(0, 1), Integer.parseInt(text.substring(1))))
                        .toList());
    }

    void subscribe(ResourceType type, String... names) {
        session.request(type, List.of(names), List.of(), Map.of(), "", Optional.empty());
    }

    void names(ResourceType type, String nonce, String... names) {
        session.request(type, List.of(names), nonce, Optional.empty());
    }

    void accept(Push push) {
        session.request(push.type(), List.of(), List.of(), Map.of(), push.nonce(), Optional.empty());
    }

    void reject(Push push) {
        session.request(push.type(), List.of(), List.of(), Map.of(), push.nonce(), Optional.of("bad"));
    }

    void acceptAll() {
        while (!sent.isEmpty()) {
            accept(sent.poll());
        }
    }

    void runTimers() {
        now = now.plus(HOLD);
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    static List<String> names(Push push) {
        return push.resources().stream().map(EncodedResource::name).toList();
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
