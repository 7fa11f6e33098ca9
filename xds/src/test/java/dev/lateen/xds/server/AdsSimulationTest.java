package dev.lateen.xds.server;

import static dev.lateen.xds.ResourceType.CLUSTER;
import static dev.lateen.xds.ResourceType.ENDPOINT;
import static dev.lateen.xds.ResourceType.LISTENER;
import static dev.lateen.xds.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.client.AdsClient;
import dev.lateen.xds.client.AdsClientSettings;
import dev.lateen.xds.client.AdsListener;
import dev.lateen.xds.client.AdsTransport;
import dev.lateen.xds.client.Answer;
import dev.lateen.xds.client.ClientLoop;
import dev.lateen.xds.client.ResourceUpdate;
import dev.lateen.xds.server.Subscription.Variant;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The two ends of the protocol over a network that delays, loses streams and forgets what was under way; the world
/// changes meanwhile and the client refuses some of it. In the end the client must hold what the server means it to
/// hold.
class AdsSimulationTest {
    private static final int STEPS = 400;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");

    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void deltaClientEndsWithWhatTheServerHas(long seed) throws InvalidProtocolBufferException {
        new Simulation(seed, true).run();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void stateOfTheWorldClientEndsWithWhatTheServerHas(long seed) throws InvalidProtocolBufferException {
        new Simulation(seed, false).run();
    }

    private static final class Simulation implements AdsListener, AdsTransport, ClientLoop {
        private final Random random;
        private final boolean delta;
        private final Deque<byte[]> toServer = new ArrayDeque<>();
        private final Deque<byte[]> toClient = new ArrayDeque<>();
        private final List<Runnable> timers = new ArrayList<>();
        private final Map<ResourceType, Map<String, String>> held = new EnumMap<>(ResourceType.class);
        private final Set<String> badVersions = new HashSet<>();
        private final AdsClient client;
        private final DiffCache diffs = new DiffCache();
        private XdsResources world = XdsResources.EMPTY;
        private AdsSession session;
        private Events events;
        private int streams;
        private int revision;
        private Instant now = Instant.EPOCH;
        private final List<String> sentTwice = new ArrayList<>();

        Simulation(long seed, boolean delta) {
            this.random = new Random(seed);
            this.delta = delta;
            AdsClientSettings settings =
                    AdsClientSettings.of(Node.newBuilder().setId("n").build());
            this.client =
                    new AdsClient(delta ? settings : settings.stateOfTheWorld(), this, this, new Random(seed), this);
        }

        void run() throws InvalidProtocolBufferException {
            client.subscribeToAll(CLUSTER);
            client.subscribeToAll(LISTENER);
            client.start();
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            change(true);
            settle();
            assertThat(held.getOrDefault(CLUSTER, Map.of())).isEqualTo(versions(CLUSTER, NAMES));
            assertThat(held.getOrDefault(LISTENER, Map.of())).isEqualTo(versions(LISTENER, NAMES));
            assertHolds(ENDPOINT, held.getOrDefault(CLUSTER, Map.of()).keySet());
            assertHolds(ROUTE, held.getOrDefault(LISTENER, Map.of()).keySet());
            assertThat(sentTwice).isEmpty();
        }

        /// In the state of the world a removal of these types cannot be told, so only what exists is compared.
        private void assertHolds(ResourceType type, Set<String> names) {
            Map<String, String> have = new TreeMap<>(held.getOrDefault(type, Map.of()));
            have.keySet().retainAll(delta ? names : versions(type, names).keySet());
            assertThat(have).isEqualTo(versions(type, names));
        }

        private Map<String, String> versions(ResourceType type, Iterable<String> names) {
            Map<String, String> versions = new TreeMap<>();
            for (String name : names) {
                world.get(type, name).ifPresent(resource -> versions.put(name, hash(resource)));
            }
            return versions;
        }

        private static String hash(EncodedResource resource) {
            return String.valueOf(resource.any().getValue().hashCode());
        }

        private void step() throws InvalidProtocolBufferException {
            switch (random.nextInt(12)) {
                case 0, 1 -> change(false);
                case 2 -> {
                    if (random.nextInt(4) == 0) {
                        breakStream();
                    }
                }
                case 3 -> runTimers();
                case 4, 5, 6, 7 -> deliverToServer();
                default -> deliverToClient();
            }
        }

        private void settle() throws InvalidProtocolBufferException {
            for (int round = 0; round < 20; round++) {
                runTimers();
                while (!toServer.isEmpty() || !toClient.isEmpty()) {
                    deliverToServer();
                    deliverToClient();
                }
            }
        }

        private void change(boolean good) {
            List<ResourceType> types = good
                    ? List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE)
                    : List.of(List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE).get(random.nextInt(4)));
            for (ResourceType type : types) {
                List<EncodedResource> next = new ArrayList<>();
                for (String name : NAMES) {
                    Optional<EncodedResource> old = world.get(type, name);
                    boolean bad = old.isPresent() && badVersions.contains(hash(old.get()));
                    int dice = random.nextInt(10);
                    if (old.isPresent() && dice < 6 && !(good && bad)) {
                        next.add(old.get());
                    } else if (dice < 9 || (good && bad)) {
                        EncodedResource made = EncodedResource.of(type, name, message(type, name, ++revision));
                        if (!good && random.nextInt(5) == 0) {
                            badVersions.add(hash(made));
                        }
                        next.add(made);
                    }
                }
                world = world.with(type, next);
            }
            if (session != null) {
                session.update(world, "v" + revision);
            }
        }

        private static com.google.protobuf.Message message(ResourceType type, String name, int revision) {
            return switch (type) {
                case CLUSTER ->
                    Cluster.newBuilder()
                            .setName(name)
                            .setAltStatName("r" + revision)
                            .build();
                case ENDPOINT ->
                    ClusterLoadAssignment.newBuilder()
                            .setClusterName(name)
                            .setPolicy(ClusterLoadAssignment.Policy.newBuilder()
                                    .setWeightedPriorityHealth(revision % 2 == 0)
                                    .setOverprovisioningFactor(com.google.protobuf.UInt32Value.of(revision)))
                            .build();
                case LISTENER ->
                    Listener.newBuilder()
                            .setName(name)
                            .setStatPrefix("r" + revision)
                            .build();
                default ->
                    RouteConfiguration.newBuilder()
                            .setName(name)
                            .addInternalOnlyHeaders("r" + revision)
                            .build();
            };
        }

        private void breakStream() {
            if (session == null) {
                return;
            }
            session.close();
            session = null;
            toServer.clear();
            toClient.clear();
            events.onClosed("broken");
        }

        private void runTimers() {
            now = now.plusSeconds(2);
            List<Runnable> due = List.copyOf(timers);
            timers.clear();
            due.forEach(Runnable::run);
        }

        private void deliverToServer() throws InvalidProtocolBufferException {
            byte[] message = toServer.poll();
            if (message == null || session == null) {
                return;
            }
            WireMessages.Request request = delta
                    ? WireMessages.read(DeltaDiscoveryRequest.parseFrom(message))
                    : WireMessages.read(DiscoveryRequest.parseFrom(message));
            ResourceType type = ResourceType.ofUrl(request.typeUrl()).orElseThrow();
            if (delta) {
                session.request(
                        type, request.names(), request.unsubscribe(), request.held(), request.nonce(), request.error());
            } else {
                session.request(type, request.names(), request.nonce(), request.error());
            }
        }

        private void deliverToClient() {
            byte[] message = toClient.poll();
            if (message != null) {
                events.onMessage(message);
            }
        }

        // ---- the client's side

        @Override
        public Answer onUpdate(ResourceUpdate update) {
            Map<String, String> mine = held.computeIfAbsent(update.type(), _ -> new HashMap<>());
            Map<String, String> rejected = new HashMap<>();
            for (ResourceUpdate.Received received : update.changed()) {
                String version = String.valueOf(received.resource().getValue().hashCode());
                if (badVersions.contains(version)) {
                    rejected.put(received.name(), "bad");
                    continue;
                }
                String before = mine.put(received.name(), version);
                if (delta && version.equals(before) && update.type() != ENDPOINT && !mayRepeat(update.type())) {
                    sentTwice.add(update.type() + " " + received.name());
                }
            }
            mine.keySet().removeAll(update.removed());
            follow(update.type(), mine);
            return new Answer(rejected);
        }

        /// A route asked for again, after its listener went and came, is sent again by the protocol's rules.
        private static boolean mayRepeat(ResourceType type) {
            return type == ROUTE;
        }

        private void follow(ResourceType type, Map<String, String> mine) {
            if (type == CLUSTER) {
                client.subscribe(ENDPOINT, Set.copyOf(mine.keySet()));
                held.computeIfAbsent(ENDPOINT, _ -> new HashMap<>()).keySet().retainAll(mine.keySet());
            } else if (type == LISTENER) {
                client.subscribe(ROUTE, Set.copyOf(mine.keySet()));
                held.computeIfAbsent(ROUTE, _ -> new HashMap<>()).keySet().retainAll(mine.keySet());
            }
        }

        @Override
        public void open(String path, Events newEvents) {
            if (random.nextInt(4) == 0) {
                newEvents.onClosed("refused");
                return;
            }
            events = newEvents;
            session = new AdsSession(
                    "s" + ++streams,
                    delta ? Variant.DELTA : Variant.STATE_OF_THE_WORLD,
                    new Output(),
                    diffs,
                    () -> now,
                    (_, task) -> timers.add(task),
                    Duration.ofSeconds(1));
            session.update(world, "v" + revision);
            newEvents.onOpen(new AdsTransport.Stream() {
                @Override
                public void send(byte[] message) {
                    toServer.add(message);
                }

                @Override
                public void cancel() {}
            });
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            timers.add(task);
        }

        private final class Output implements AdsSession.Output {
            @Override
            public void send(Push push) {
                toClient.add(
                        delta
                                ? WireMessages.delta(push).toByteArray()
                                : WireMessages.stateOfTheWorld(push).toByteArray());
            }

            @Override
            public void onSubscribe(ResourceType type, Set<String> names) {}

            @Override
            public void onSettled(String version) {}

            @Override
            public void onAnswer(ResourceType type, PushEvent event, boolean accepted) {}
        }
    }
}
