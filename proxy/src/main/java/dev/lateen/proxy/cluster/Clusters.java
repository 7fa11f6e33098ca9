package dev.lateen.proxy.cluster;

import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The clusters in force, by name.
///
/// Thread: reading any, without locks; changes on the chores loop.
public final class Clusters {
    private final ClusterEnvironment environment;
    private final Map<String, Cluster> byName = new ConcurrentHashMap<>();
    private final EndpointPeers peers = new EndpointPeers(visitor -> byName.values()
            .forEach(cluster -> cluster.hosts().forEach(host -> visitor.accept(host.address(), host.peer()))));
    private final Map<String, Iterable<EventLoop>> ahead = new HashMap<>();

    public Clusters(ClusterEnvironment environment) {
        this.environment = environment;
    }

    public @Nullable Cluster get(String name) {
        return byName.get(name);
    }

    /// Who has which address.
    public EndpointPeers peers() {
        return peers;
    }

    public Collection<Cluster> all() {
        return byName.values();
    }

    /// Puts a cluster in force, or keeps the running one where the configuration is the same. A cluster that takes the
    /// place of another keeps the endpoints that were discovered for it; the old one's connections are drained.
    public Cluster put(ClusterConfig config) {
        Cluster old = byName.get(config.name());
        if (old != null && old.config().equals(config)) {
            return old;
        }
        Cluster cluster = new Cluster(config, environment);
        if (old != null) {
            cluster.inheritEndpoints(old);
        }
        byName.put(config.name(), cluster);
        cluster.start();
        peers.changed();
        keepConnected(cluster);
        if (old != null) {
            old.stop();
        }
        return cluster;
    }

    /// Has a connection on each of these loops before anything asks for one, as soon as the cluster has hosts: for
    /// calls that may not take as long as a handshake. When it ends, another is opened.
    public void keepConnected(String name, Iterable<EventLoop> loops) {
        if (ahead.put(name, loops) == null) {
            Cluster cluster = byName.get(name);
            if (cluster != null) {
                keepConnected(cluster);
            }
        }
    }

    private void keepConnected(Cluster cluster) {
        Iterable<EventLoop> loops = ahead.get(cluster.name());
        if (loops != null) {
            cluster.whenWarm(() ->
                    loops.forEach(loop -> loop.execute(() -> cluster.on(loop).keepConnected())));
        }
    }

    /// Hands discovered endpoints to the clusters that use this service name.
    public void assign(EndpointsConfig endpoints) {
        for (Cluster cluster : byName.values()) {
            if (cluster.config().discovery() instanceof Discovery.Eds(String serviceName)
                    && serviceName.equals(endpoints.clusterName())) {
                cluster.assign(endpoints);
            }
        }
        peers.changed();
    }

    /// Requests in flight end in peace.
    public void remove(String name) {
        Cluster cluster = byName.remove(name);
        if (cluster != null) {
            cluster.stop();
            environment.stats().removeAll(cluster.stats().prefix());
        }
    }
}
