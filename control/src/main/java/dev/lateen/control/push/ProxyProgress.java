package dev.lateen.control.push;

import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Push;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// How far one proxy is, by its own answers: which state of the mesh is in force on it, and what it has refused.
///
/// Limits: of a refused response at most eight resources are kept.
///
/// Thread: any.
public final class ProxyProgress {
    private static final int MOST_RESOURCES = 8;

    private final Map<ResourceType, Push> unanswered = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Refusal> refusals = new EnumMap<>(ResourceType.class);
    private long given;
    /// The latest generation that holds the same for this proxy as `given`.
    private long equivalent;
    private long settled;

    /// A response that the proxy did not take, until it takes a later one.
    ///
    /// @param resources those that the reason names, or else the first of the response
    public record Refusal(ResourceType type, long generation, String reason, List<EncodedResource> resources) {
        public Refusal {
            resources = List.copyOf(resources);
        }
    }

    /// The proxy is about to be told what is new for it.
    synchronized void gave(long generation) {
        given = generation;
        equivalent = generation;
    }

    /// A new state of the mesh that changes nothing for this proxy.
    synchronized void unchanged(long generation) {
        equivalent = generation;
    }

    synchronized void settled(long generation) {
        settled = generation;
    }

    synchronized void sent(Push push) {
        unanswered.put(push.type(), push);
    }

    synchronized void accepted(ResourceType type) {
        unanswered.remove(type);
        refusals.remove(type);
    }

    synchronized Refusal refused(ResourceType type, String reason) {
        Push push = unanswered.remove(type);
        List<EncodedResource> all = push == null ? List.of() : push.resources();
        List<EncodedResource> named = new ArrayList<>();
        for (EncodedResource resource : all) {
            if (named.size() < MOST_RESOURCES && reason.contains(resource.name())) {
                named.add(resource);
            }
        }
        Refusal refusal = new Refusal(
                type, given, reason, named.isEmpty() ? all.subList(0, Math.min(all.size(), MOST_RESOURCES)) : named);
        refusals.put(type, refusal);
        return refusal;
    }

    /// The latest generation of which everything that concerns the proxy has been answered.
    public synchronized long inForce() {
        return settled == given ? equivalent : settled;
    }

    public synchronized List<Refusal> refusals() {
        return List.copyOf(refusals.values());
    }
}
