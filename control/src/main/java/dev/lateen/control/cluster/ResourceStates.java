package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.resource.ResourceKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/// What the cluster holds of each of the mesh's own resources beside their content: which generation it is, and the
/// status that it shows.
///
/// Thread: any.
public final class ResourceStates {

    private static final String REGISTERED = "istio.io/autoRegistrationGroup";

    private final Map<Name, State> states = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();

    private record Name(String kind, String namespace, String name) {}

    /// @param generation counts the changes of what users write
    /// @param status as it stands there; not to be changed
    record State(String apiVersion, String uid, long generation, ObjectNode status) {}

    /// News of one resource.
    ///
    /// @param state empty where it is gone
    record News(String kind, String namespace, String name, Optional<State> state) {}

    /// What an event says of the state of a resource; empty where it is of none of the mesh's own.
    static Optional<News> of(ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.Gone(var kind, var namespace, var name) ->
                Optional.of(new News(kind, namespace, name, Optional.empty()));
            case ClusterEvent.Seen(var kind, var namespace, var name, var object) -> {
                String apiVersion = Trees.text(object, "apiVersion");
                if (MeshKinds.isClustersOwn(apiVersion) || isRegistered(object)) {
                    yield Optional.empty();
                }
                ObjectNode status = Trees.at(object, "status") instanceof ObjectNode shown ? shown : Trees.object();
                yield Optional.of(new News(
                        kind,
                        namespace,
                        name,
                        Optional.of(new State(
                                apiVersion,
                                Trees.text(object, "metadata", "uid"),
                                Trees.at(object, "metadata", "generation").asLong(0),
                                status))));
            }
        };
    }

    /// What this mesh wrote itself needs no verdict, and two who write one list of conditions would undo each other's.
    private static boolean isRegistered(ObjectNode object) {
        return !Trees.text(object, "metadata", "annotations", REGISTERED).isEmpty();
    }

    void take(Iterable<News> all) {
        for (News news : all) {
            Name name = new Name(news.kind(), news.namespace(), news.name());
            if (news.state().isPresent()) {
                states.put(name, news.state().get());
            } else {
                states.remove(name);
            }
            version.incrementAndGet();
        }
    }

    /// The same object until there is news of the resource.
    Optional<State> of(ResourceKey key) {
        return Optional.ofNullable(states.get(new Name(key.kind(), key.namespace(), key.name())));
    }

    /// Another one after each change.
    long version() {
        return version.get();
    }
}
