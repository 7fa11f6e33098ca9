package dev.lateen.xds.server;

import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import dev.lateen.xds.server.Subscription.Content;
import dev.lateen.xds.server.Subscription.Variant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The protocol of one aggregated stream, whichever variant it speaks: requests and new resources come in,
/// responses go out. At most one response of a type is unanswered at a time.
///
/// Order of one change (make before break): clusters, their endpoints, listeners, routes, and last the removal of
/// clusters that nothing needs any more. Listeners and routes wait until the proxy has taken new clusters and their
/// endpoints, for at most `AdsLimits.holdListeners`, since a proxy that never answers must not be cut off from them.
///
/// Thread: ads loop.
///
/// Source: xDS protocol, "Eventual consistency considerations" and "Aggregated Discovery Service".
final class AdsSession {
    private final String name;
    private final Variant variant;
    private final Output output;
    private final DiffCache diffs;
    private final InstantSource clock;
    private final Timer timer;
    private final Duration hold;

    private final Map<ResourceType, Subscription> subscriptions = new EnumMap<>(ResourceType.class);
    /// Read by any thread.
    private final Map<ResourceType, TypeStatus> status = new ConcurrentHashMap<>();

    /// New clusters whose endpoints the proxy has not yet taken.
    private final Set<String> awaited = new HashSet<>();

    private @Nullable XdsResources world;
    private String version = "";
    private String settled = "";
    private Instant heldUntil = Instant.MIN;
    private long nonces;
    private boolean closed;

    /// Where responses and news of them go.
    interface Output {
        void send(Push push);

        void onSubscribe(ResourceType type, Set<String> names);

        void onAnswer(ResourceType type, PushEvent event, boolean accepted);

        /// The client answered a response that another one has followed since.
        default void onOvertaken(ResourceType type) {}

        /// Everything of that version has been told and answered.
        void onSettled(String version);
    }

    /// Runs something later on the ads loop.
    interface Timer {
        void after(Duration delay, Runnable task);
    }

    /// @param name makes nonces unique between streams
    AdsSession(
            String name,
            Variant variant,
            Output output,
            DiffCache diffs,
            InstantSource clock,
            Timer timer,
            Duration hold) {
        this.name = name;
        this.variant = variant;
        this.output = output;
        this.diffs = diffs;
        this.clock = clock;
        this.timer = timer;
        this.hold = hold;
    }

    /// How many names of a type are kept for the client.
    int names(ResourceType type) {
        Subscription subscription = subscriptions.get(type);
        return subscription == null ? 0 : subscription.names();
    }

    Map<ResourceType, TypeStatus> status() {
        return Map.copyOf(status);
    }

    /// New resources for this proxy. `newVersion` names them in responses.
    void update(XdsResources resources, String newVersion) {
        world = resources;
        version = newVersion;
        flush();
    }

    void close() {
        closed = true;
    }

    /// A request of the state-of-the-world variant.
    ///
    /// @param error the reason of a rejection, empty for an acceptance
    void request(ResourceType type, Collection<String> names, String nonce, Optional<String> error) {
        Subscription subscription = subscriptions.computeIfAbsent(type, key -> new Subscription(key, variant));
        if (subscription.isStale(nonce)) {
            output.onOvertaken(type);
            return; // Overtaken by a later response; the client answers that one too, with all its names.
        }
        boolean answered = answer(type, subscription, nonce, error);
        List<String> added = subscription.replaceInterest(shared(type, names), !answered);
        subscribed(type, subscription, added);
    }

    /// A request of the delta variant.
    ///
    /// @param held versions by name that a reconnecting client still has; only in the first request of a type
    void request(
            ResourceType type,
            Collection<String> subscribe,
            Collection<String> unsubscribe,
            Map<String, String> held,
            String nonce,
            Optional<String> error) {
        Subscription subscription = subscriptions.get(type);
        if (subscription == null) {
            subscription = new Subscription(type, variant);
            subscriptions.put(type, subscription);
            subscription.begin(shared(type, subscribe), held);
        } else {
            if (subscription.isStale(nonce)) {
                output.onOvertaken(type);
            }
            answer(type, subscription, nonce, error);
            subscription.change(shared(type, subscribe), unsubscribe);
        }
        subscribed(type, subscription, subscribe);
    }

    /// The same names as those that the resources have: what many streams ask for is kept once.
    private Collection<String> shared(ResourceType type, Collection<String> names) {
        XdsResources current = world;
        if (current == null || names.isEmpty()) {
            return names;
        }
        Map<String, EncodedResource> resources = current.ofType(type);
        List<String> shared = new ArrayList<>(names.size());
        for (String wanted : names) {
            EncodedResource resource = resources.get(wanted);
            shared.add(resource == null ? wanted : resource.name());
        }
        return shared;
    }

    private void subscribed(ResourceType type, Subscription subscription, Collection<String> added) {
        status.put(type, subscription.status());
        if (!added.isEmpty()) {
            output.onSubscribe(type, Set.copyOf(added));
        }
        flush();
    }

    private boolean answer(ResourceType type, Subscription subscription, String nonce, Optional<String> error) {
        Optional<PushEvent> event = subscription.answer(nonce, error, clock.instant());
        if (event.isEmpty()) {
            return false;
        }
        if (type == ResourceType.CLUSTER && error.isPresent()) {
            awaited.clear(); // What was refused will not ask for endpoints.
        }
        if (type == ResourceType.ENDPOINT) {
            Subscription endpoints = subscription;
            awaited.removeIf(cluster -> endpoints.interest().covers(cluster) && !endpoints.owes(cluster));
        }
        output.onAnswer(type, event.get(), error.isEmpty());
        return true;
    }

    private void flush() {
        XdsResources current = world;
        if (current == null || closed) {
            return;
        }
        for (Map.Entry<ResourceType, Subscription> entry : subscriptions.entrySet()) {
            if (!isHeld(entry.getKey(), entry.getValue(), current)) {
                flush(entry.getKey(), entry.getValue(), current);
            }
        }
        releaseClusters(current);
        tellWhenSettled();
    }

    private void tellWhenSettled() {
        if (settled.equals(version) || !awaited.isEmpty()) {
            return;
        }
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.isOutstanding() || subscription.hasWithheld()) {
                return;
            }
        }
        settled = version;
        output.onSettled(version);
    }

    private void flush(ResourceType type, Subscription subscription, XdsResources current) {
        if (subscription.isOutstanding()) {
            return;
        }
        Map<String, EncodedResource> before = subscription.told();
        boolean live = type == ResourceType.CLUSTER && routesAreLive();
        Optional<Content> content = subscription.next(current.ofType(type), diffs, live);
        if (content.isPresent()) {
            if (type == ResourceType.CLUSTER && subscription.wasSent()) {
                clustersChanged(content.get(), before, current, live);
            }
            send(type, subscription, content.get());
        }
    }

    /// A proxy that takes a changed cluster drops its endpoints until it is told them again, and it may not ask,
    /// since it never stopped being subscribed.
    private void clustersChanged(
            Content content, Map<String, EncodedResource> before, XdsResources current, boolean live) {
        Subscription endpoints = subscriptions.get(ResourceType.ENDPOINT);
        Map<String, EncodedResource> assignments = current.ofType(ResourceType.ENDPOINT);
        for (EncodedResource cluster : content.resources()) {
            EncodedResource old = before.get(cluster.name());
            if (old == null && assignments.containsKey(cluster.name()) && live) {
                awaited.add(cluster.name());
            } else if (old != null && !old.equals(cluster) && endpoints != null) {
                endpoints.owe(cluster.name());
            }
        }
        if (live) {
            heldUntil = clock.instant().plus(hold);
            timer.after(hold, this::flush);
        }
    }

    private boolean routesAreLive() {
        return wasSent(ResourceType.LISTENER) || wasSent(ResourceType.ROUTE);
    }

    private boolean wasSent(ResourceType type) {
        Subscription subscription = subscriptions.get(type);
        return subscription != null && subscription.wasSent();
    }

    private boolean isHeld(ResourceType type, Subscription subscription, XdsResources current) {
        if ((type != ResourceType.LISTENER && type != ResourceType.ROUTE) || !subscription.wasSent()) {
            return false;
        }
        Subscription clusters = subscriptions.get(ResourceType.CLUSTER);
        if (clusters == null) {
            return false;
        }
        boolean settled = !clusters.isOutstanding() && awaited.isEmpty();
        if (settled) {
            return false;
        }
        if (!clock.instant().isBefore(heldUntil)) {
            awaited.clear();
            return false;
        }
        return subscription.hasNews(current.ofType(type), diffs);
    }

    /// Tells the removal of clusters once listeners and routes no longer point at them.
    private void releaseClusters(XdsResources current) {
        Subscription clusters = subscriptions.get(ResourceType.CLUSTER);
        if (clusters == null || !clusters.hasWithheld() || clusters.isOutstanding()) {
            return;
        }
        for (ResourceType type : List.of(ResourceType.LISTENER, ResourceType.ROUTE)) {
            Subscription user = subscriptions.get(type);
            if (user != null && (user.isOutstanding() || user.hasNews(current.ofType(type), diffs))) {
                return;
            }
        }
        Optional<Content> gone = clusters.takeWithheld();
        if (gone.isPresent()) {
            send(ResourceType.CLUSTER, clusters, gone.get());
        }
    }

    private void send(ResourceType type, Subscription subscription, Content content) {
        String nonce = name + "-" + ++nonces;
        subscription.pushed(new PushEvent(version, nonce, clock.instant(), ""));
        status.put(type, subscription.status());
        output.send(new Push(type, version, nonce, content.resources(), content.removed()));
    }

    /// Names that the proxy asked for, by type.
    Map<ResourceType, Set<String>> names() {
        Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
        subscriptions.forEach((type, subscription) ->
                names.put(type, new LinkedHashSet<>(subscription.interest().names())));
        return names;
    }
}
