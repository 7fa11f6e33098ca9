package dev.lateen.xds.client;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.AdsProtocol.Response;
import dev.lateen.xds.client.ResourceUpdate.Received;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps a proxy's resources up to date: one aggregated stream, opened again whenever it is lost. What has been
/// received stays through an outage; a delta client tells the next server what it holds, so that only the
/// difference is sent.
///
/// States: closed → waiting ⇄ opening → open → waiting (lost) …
///
/// Thread: the client's loop.
///
/// Source: xDS protocol, both variants of the aggregated service.
public final class AdsClient {
    private static final int MAX_REASON = 8 * 1024;

    private final AdsClientSettings settings;
    private final AdsProtocol protocol;
    private final AdsTransport transport;
    private final ClientLoop loop;
    private final AdsListener listener;
    private final Backoff backoff;
    private final Map<ResourceType, Wanted> wanted = new EnumMap<>(ResourceType.class);
    private AdsTransport.@Nullable Stream stream;
    private Optional<ApplicationHealth> health = Optional.empty();
    private boolean nodeSent;
    private boolean running;
    /// Tells events of this attempt from those of earlier ones.
    private long attempt;

    public AdsClient(
            AdsClientSettings settings,
            AdsTransport transport,
            ClientLoop loop,
            RandomGenerator random,
            AdsListener listener) {
        this.settings = settings;
        this.protocol = AdsProtocol.of(settings.delta());
        this.transport = transport;
        this.loop = loop;
        this.listener = listener;
        this.backoff = new Backoff(settings.firstRetry(), settings.longestRetry(), random);
    }

    /// Opens the stream, and opens it again until `close`. Subscribe before or after.
    public void start() {
        if (!running) {
            running = true;
            open();
        }
    }

    public void close() {
        running = false;
        attempt++;
        AdsTransport.Stream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
    }

    public boolean isConnected() {
        return stream != null;
    }

    /// Asks for all resources of a type that has a wildcard.
    public void subscribeToAll(ResourceType type) {
        Wanted of = wanted.computeIfAbsent(type, Wanted::new);
        if (!of.all()) {
            of.wantAll();
            if (of.asked() && settings.delta()) {
                send(protocol.request(of, Optional.of(new Wanted.Change(List.of("*"), List.of())), Optional.empty()));
            } else {
                ask(of);
            }
        }
    }

    /// Sets the names that are wanted of a type; those that were wanted before and are not among them are given up.
    public void subscribe(ResourceType type, Set<String> names) {
        Wanted of = wanted.computeIfAbsent(type, Wanted::new);
        Wanted.Change change = of.want(names);
        if (change.isEmpty()) {
            return;
        }
        if (of.asked() && stream != null) {
            send(protocol.request(of, Optional.of(change), Optional.empty()));
        } else {
            ask(of);
        }
    }

    /// Tells the control plane how the application is, and each control plane that comes after it.
    public void report(ApplicationHealth now) {
        health = Optional.of(now);
        if (stream != null) {
            tellHealth(now);
        }
    }

    private void tellHealth(ApplicationHealth now) {
        send(protocol.health(now.unwell(), nodeIfFirst()));
    }

    /// The versions that are held, by name. A copy.
    public Map<String, String> versions(ResourceType type) {
        Wanted of = wanted.get(type);
        return of == null ? Map.of() : Map.copyOf(of.versions());
    }

    private void open() {
        long number = ++attempt;
        transport.open(protocol.path(), new AdsTransport.Events() {
            private boolean opened;

            @Override
            public void onOpen(AdsTransport.Stream newStream) {
                if (number != attempt || !running) {
                    newStream.cancel();
                    return;
                }
                opened = true;
                onStream(newStream);
            }

            @Override
            public void onMessage(byte[] message) {
                if (number == attempt) {
                    receive(message);
                }
            }

            @Override
            public void onClosed(String reason) {
                if (number == attempt) {
                    lost(reason, opened);
                }
            }
        });
    }

    private void onStream(AdsTransport.Stream newStream) {
        stream = newStream;
        nodeSent = false;
        wanted.values().forEach(Wanted::streamLost);
        wanted.values().forEach(this::ask);
        health.ifPresent(this::tellHealth);
        listener.onConnected();
    }

    private void lost(String reason, boolean opened) {
        attempt++;
        stream = null;
        wanted.values().forEach(Wanted::streamLost);
        listener.onDisconnected(reason, opened);
        if (running) {
            long expected = attempt;
            loop.after(backoff.next(), () -> {
                if (running && attempt == expected) {
                    open();
                }
            });
        }
    }

    /// The first request of a type on this stream.
    private void ask(Wanted of) {
        if (stream == null || (of.asked() && settings.delta()) || of.isEmpty()) {
            return;
        }
        of.markAsked();
        send(protocol.request(of, Optional.empty(), nodeIfFirst()));
    }

    /// Only the first request of a stream says who we are.
    private Optional<Node> nodeIfFirst() {
        Optional<Node> node = nodeSent ? Optional.empty() : Optional.of(settings.node());
        nodeSent = true;
        return node;
    }

    private void send(byte[] message) {
        AdsTransport.Stream open = stream;
        if (open != null) {
            open.send(message);
        }
    }

    private void receive(byte[] message) {
        Response response;
        try {
            response = protocol.read(message);
        } catch (InvalidProtocolBufferException _) {
            // Without a nonce there is nothing to answer: the server speaks something else.
            AdsTransport.Stream open = stream;
            if (open != null) {
                open.cancel();
            }
            lost("the control plane sent something that is not a discovery response", true);
            return;
        }
        backoff.reset();
        Wanted of = ResourceType.ofUrl(response.typeUrl()).map(wanted::get).orElse(null);
        if (of == null) {
            return; // Never asked for.
        }
        of.received(response.nonce());
        Answer answer = listener.onUpdate(update(of, response));
        hold(of, response, answer);
        String reason = answer.text();
        Optional<String> rejection = answer.accepted()
                ? Optional.empty()
                : Optional.of(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason);
        send(protocol.answer(of, response.nonce(), rejection));
    }

    private static ResourceUpdate update(Wanted of, Response response) {
        List<Received> changed = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (Received resource : response.resources()) {
            present.add(resource.name());
            if (of.covers(resource.name())) {
                changed.add(resource);
            }
        }
        Set<String> removed = new HashSet<>();
        for (String name : response.removed()) {
            if (of.covers(name) && !present.contains(name)) {
                removed.add(name);
            }
        }
        if (response.whole()) {
            for (String name : of.versions().keySet()) {
                if (!present.contains(name)) {
                    removed.add(name);
                }
            }
        }
        return new ResourceUpdate(of.type(), response.version(), changed, removed);
    }

    /// Remembers what is held now: what was rejected is not.
    private static void hold(Wanted of, Response response, Answer answer) {
        for (Received resource : response.resources()) {
            if (of.covers(resource.name()) && !answer.rejected().containsKey(resource.name())) {
                of.versions().put(resource.name(), resource.version());
            }
        }
        response.removed().forEach(of.versions()::remove);
        if (response.whole()) {
            Set<String> present = new HashSet<>();
            response.resources().forEach(resource -> present.add(resource.name()));
            of.versions().keySet().retainAll(present);
        }
        if (answer.accepted()) {
            of.accepted(response.version());
        }
    }
}
