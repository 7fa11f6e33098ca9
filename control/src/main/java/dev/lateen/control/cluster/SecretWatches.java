package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.ClusterWatch;
import dev.lateen.kubernetes.cluster.WatchedKind;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches each of a changing set of secrets by its name, and nothing beside them.
///
/// Thread: one at a time.
final class SecretWatches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SecretWatches.class);

    private final Cluster cluster;
    private final Consumer<ClusterEvent> events;
    private final Map<GatewayCredentials.Name, ClusterWatch> open = new HashMap<>();

    /// @param events gets the secrets' news, and that one is gone when it is no longer wanted
    SecretWatches(Cluster cluster, Consumer<ClusterEvent> events) {
        this.cluster = cluster;
        this.events = events;
    }

    /// @return whether all that is wanted is watched; otherwise it is worth another try
    boolean follow(Set<GatewayCredentials.Name> wanted) {
        for (GatewayCredentials.Name name : new HashSet<>(open.keySet())) {
            if (!wanted.contains(name)) {
                ClusterWatch watch = open.remove(name);
                if (watch != null) {
                    watch.close();
                }
                events.accept(new ClusterEvent.Gone("Secret", name.namespace(), name.name()));
            }
        }
        boolean all = true;
        for (GatewayCredentials.Name name : wanted) {
            if (!open.containsKey(name)) {
                try {
                    open.put(name, cluster.watch(WatchedKind.secret(name.namespace(), name.name()), events));
                } catch (ClusterException e) {
                    all = false;
                    LOG.atWarn()
                            .addKeyValue("secret", name.namespace() + "/" + name.name())
                            .addKeyValue("reason", e.getMessage())
                            .log("a gateway's secret cannot be watched, trying again");
                }
            }
        }
        return all;
    }

    /// Waits until those that are there have been told; one that may not be read holds up nobody for longer.
    void await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (ClusterWatch watch : open.values()) {
            try {
                watch.listed().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException _) {
                return; // its watch has said why
            }
        }
    }

    @Override
    public void close() {
        open.values().forEach(ClusterWatch::close);
        open.clear();
    }
}
