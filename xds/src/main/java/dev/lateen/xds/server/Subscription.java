package dev.lateen.xds.server;

import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one stream asked for of one type, what it has been told, and what it still has to be told.
///
/// The proxy is taken to hold the world `told`, as far as its interest goes, except for the names that are `owed`.
/// That makes the steady state cheap: one reference to a map that other streams hold too.
///
/// Thread: ads loop.
final class Subscription {
    private final ResourceType type;
    private final Variant variant;
    private final Interest interest = new Interest();
    private Map<String, EncodedResource> told = Map.of();
    /// What a reconnecting client says it holds, until the first response.
    private @Nullable Map<String, String> held;

    private final Set<String> owed = new LinkedHashSet<>();
    /// Gone from the configuration, but still in use until listeners and routes have let go.
    private final Map<String, EncodedResource> withheld = new LinkedHashMap<>();

    private boolean owesAll;
    private boolean owesAnswer;
    /// How many of the names asked for are among `told`; -1 for not counted since either changed.
    private int count = -1;
    private @Nullable PushEvent outstanding;
    private @Nullable PushEvent sent;
    private @Nullable PushEvent accepted;
    private @Nullable PushEvent rejected;

    Subscription(ResourceType type, Variant variant) {
        this.type = type;
        this.variant = variant;
    }

    /// How the client speaks.
    enum Variant {
        STATE_OF_THE_WORLD,
        DELTA
    }

    Interest interest() {
        return interest;
    }

    /// How many names are kept for the client: those that it asked for, and those that it is to be told of.
    int names() {
        return interest.names().size() + owed.size();
    }

    boolean isOutstanding() {
        return outstanding != null;
    }

    boolean wasSent() {
        return sent != null;
    }

    boolean hasWithheld() {
        return !withheld.isEmpty();
    }

    Map<String, EncodedResource> told() {
        return told;
    }

    boolean owes(String name) {
        return owed.contains(name) || owesAll;
    }

    /// Takes the answer to the outstanding response.
    ///
    /// @return empty where the nonce is not that of the outstanding response
    Optional<PushEvent> answer(String nonce, Optional<String> error, Instant now) {
        PushEvent pending = outstanding;
        if (pending == null || !pending.nonce().equals(nonce)) {
            return Optional.empty();
        }
        outstanding = null;
        PushEvent event = new PushEvent(pending.version(), nonce, now, error.orElse(""));
        if (error.isPresent()) {
            rejected = event;
        } else {
            accepted = event;
            rejected = null;
        }
        return Optional.of(event);
    }

    /// Whether a nonce is neither empty nor that of the last response.
    boolean isStale(String nonce) {
        return !nonce.isEmpty() && (sent == null || !sent.nonce().equals(nonce));
    }

    /// State of the world: what is asked for from now on.
    ///
    /// @param again the request is no answer, so that even an unchanged list asks for a response: a client whose
    ///     cluster became new asks for its endpoints anew
    List<String> replaceInterest(Collection<String> names, boolean again) {
        boolean first = sent == null && !owesAnswer;
        int before = interest.names().size();
        count = -1;
        List<String> added = interest.replace(names, type.wildcardByDefault());
        boolean shrunk = added.isEmpty() && interest.names().size() < before;
        if (!interest.isEmpty() && (first || !added.isEmpty() || (again && !shrunk))) {
            owesAll = true;
            owesAnswer = true;
        }
        return added;
    }

    /// Delta: the first request of a stream.
    void begin(Collection<String> subscribe, Map<String, String> heldVersions) {
        count = -1;
        if (subscribe.isEmpty() && type.wildcardByDefault()) {
            interest.subscribeToAll();
        }
        for (String name : subscribe) {
            interest.subscribe(name);
        }
        if (heldVersions.isEmpty()) {
            owesAll = !interest.isEmpty();
            owesAnswer = owesAll;
        } else {
            held = new HashMap<>(heldVersions);
        }
    }

    /// Delta: a later request. A name asked for again is sent again.
    void change(Collection<String> subscribe, Collection<String> unsubscribe) {
        if (!subscribe.isEmpty() || !unsubscribe.isEmpty()) {
            count = -1;
        }
        for (String name : unsubscribe) {
            interest.unsubscribe(name);
            owed.remove(name);
            if (interest.wildcard()) {
                // The client may have forgotten it, and "all" still covers it.
                owed.add(name);
            }
        }
        for (String name : subscribe) {
            interest.subscribe(name);
            if (name.equals(Interest.ALL)) {
                owesAll = true;
            } else {
                owed.add(name);
            }
            owesAnswer = true;
        }
    }

    /// Sends a resource once more although the proxy has it.
    void owe(String name) {
        if (interest.names().contains(name)) {
            owed.add(name);
        }
    }

    /// Whether there is something to send, were nothing outstanding.
    boolean hasNews(Map<String, EncodedResource> world, DiffCache diffs) {
        if (owesAll || owesAnswer || held != null || !owed.isEmpty()) {
            return true;
        }
        ResourceDiff diff = diffs.between(told, world);
        return diff.changed().stream().anyMatch(resource -> interest.covers(resource.name()))
                || diff.removed().stream().anyMatch(interest::covers);
    }

    /// What to send so that the proxy holds `world`; empty when it does already.
    ///
    /// @param withhold keep removals back until `takeWithheld`
    Optional<Content> next(Map<String, EncodedResource> world, DiffCache diffs, boolean withhold) {
        Content news = owesAll ? everything(world, diffs) : held != null ? sinceHeld(world, held) : since(world, diffs);
        if (withhold) {
            news = withholdRemovals(news, world);
        }
        boolean answer = owesAnswer;
        if (count >= 0 && !diffs.between(told, world).sameNames()) {
            count = -1;
        }
        told = world;
        held = null;
        owed.clear();
        owesAll = false;
        owesAnswer = false;
        if (news.isEmpty() && !answer) {
            return Optional.empty();
        }
        return Optional.of(variant == Variant.DELTA ? news : stateOfTheWorld(news, world))
                .filter(content -> answer || !content.isEmpty() || isFullState());
    }

    /// The removals that were kept back, as a response.
    Optional<Content> takeWithheld() {
        List<String> gone = withheld.keySet().stream()
                .filter(name -> !told.containsKey(name) && interest.covers(name))
                .toList();
        withheld.clear();
        if (gone.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                variant == Variant.DELTA
                        ? new Content(List.of(), gone)
                        : stateOfTheWorld(new Content(List.of(), gone), told));
    }

    void pushed(PushEvent event) {
        sent = event;
        outstanding = event;
    }

    TypeStatus status() {
        return new TypeStatus(
                interest.wildcard(),
                interest.names().size(),
                interest.wildcard() ? told.size() : counted(),
                Optional.ofNullable(sent),
                Optional.ofNullable(accepted),
                Optional.ofNullable(rejected));
    }

    /// Counting thousands of names for each response would cost more than the response.
    private int counted() {
        if (count < 0) {
            int found = 0;
            for (String name : interest.names()) {
                if (told.containsKey(name)) {
                    found++;
                }
            }
            count = found;
        }
        return count;
    }

    /// A response's content; in delta, `removed` names what is gone or never was.
    record Content(List<EncodedResource> resources, List<String> removed) {
        boolean isEmpty() {
            return resources.isEmpty() && removed.isEmpty();
        }
    }

    private Content everything(Map<String, EncodedResource> world, DiffCache diffs) {
        List<String> removed = new ArrayList<>();
        for (String name : diffs.between(told, world).removed()) {
            if (interest.covers(name)) {
                removed.add(name);
            }
        }
        for (String name : interest.names()) {
            if (!world.containsKey(name) && !told.containsKey(name)) {
                removed.add(name);
            }
        }
        return new Content(covered(world), removed);
    }

    private Content sinceHeld(Map<String, EncodedResource> world, Map<String, String> versions) {
        List<EncodedResource> changed = new ArrayList<>();
        for (EncodedResource resource : covered(world)) {
            if (!resource.version().equals(versions.get(resource.name()))) {
                changed.add(resource);
            }
        }
        Set<String> removed = new LinkedHashSet<>();
        for (String name : versions.keySet()) {
            if (!world.containsKey(name) && interest.covers(name)) {
                removed.add(name);
            }
        }
        for (String name : interest.names()) {
            if (!world.containsKey(name)) {
                removed.add(name);
            }
        }
        return new Content(changed, List.copyOf(removed));
    }

    private Content since(Map<String, EncodedResource> world, DiffCache diffs) {
        ResourceDiff diff = diffs.between(told, world);
        List<EncodedResource> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (EncodedResource resource : diff.changed()) {
            if (interest.covers(resource.name()) && !owed.contains(resource.name())) {
                changed.add(resource);
            }
        }
        for (String name : diff.removed()) {
            if (interest.covers(name) && !owed.contains(name)) {
                removed.add(name);
            }
        }
        for (String name : owed) {
            EncodedResource resource = world.get(name);
            if (resource != null) {
                changed.add(resource);
            } else {
                removed.add(name);
            }
        }
        return new Content(changed, removed);
    }

    private List<EncodedResource> covered(Map<String, EncodedResource> world) {
        if (interest.wildcard()) {
            return List.copyOf(world.values());
        }
        List<EncodedResource> covered = new ArrayList<>();
        for (String name : interest.names()) {
            EncodedResource resource = world.get(name);
            if (resource != null) {
                covered.add(resource);
            }
        }
        return covered;
    }

    private Content withholdRemovals(Content news, Map<String, EncodedResource> world) {
        withheld.keySet().removeIf(world::containsKey);
        List<String> tellNow = new ArrayList<>();
        for (String name : news.removed()) {
            EncodedResource before = told.get(name);
            if (before == null) {
                tellNow.add(name);
            } else {
                withheld.put(name, before);
            }
        }
        return new Content(news.resources(), tellNow);
    }

    /// Listeners and clusters are always sent whole, since what is missing is thereby removed. Of the other types,
    /// only what changed needs to be sent, and a removal cannot be told at all.
    private Content stateOfTheWorld(Content news, Map<String, EncodedResource> world) {
        if (!isFullState()) {
            return new Content(news.resources(), List.of());
        }
        List<EncodedResource> all = new ArrayList<>(covered(world));
        for (EncodedResource resource : withheld.values()) {
            if (interest.covers(resource.name())) {
                all.add(resource);
            }
        }
        return new Content(all, List.of());
    }

    private boolean isFullState() {
        return variant == Variant.STATE_OF_THE_WORLD && (type == ResourceType.CLUSTER || type == ResourceType.LISTENER);
    }
}
