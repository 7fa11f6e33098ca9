package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostSnapshot.Member;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Where this process runs, and the cluster of those of its own kind, the local one. Clusters that balance by zone look
/// again when it changes.
///
/// Thread: chores loop.
public final class LocalZone {
    private final String cluster;
    private final LocalityName own;
    private final Set<Runnable> watchers = new LinkedHashSet<>();
    private List<Member> peers = List.of();

    /// @param cluster its name; empty where there is none
    /// @param own where this process runs
    public LocalZone(String cluster, LocalityName own) {
        this.cluster = cluster;
        this.own = own;
    }

    /// Of processes that know nothing of their own kind.
    static LocalZone none() {
        return new LocalZone("", LocalityName.NONE);
    }

    /// Whether a cluster may balance by zone: there is a local one, and this is another.
    boolean concerns(String name) {
        return !cluster.isEmpty() && !cluster.equals(name);
    }

    LocalityName own() {
        return own;
    }

    List<Member> peers() {
        return peers;
    }

    void watch(Runnable action) {
        watchers.add(action);
    }

    void forget(Runnable action) {
        watchers.remove(action);
    }

    /// The hosts of a cluster, or how they are, have changed; they are of our kind if it is the local one.
    void changed(String name, List<Member> members) {
        if (cluster.equals(name)) {
            peers = members;
            List.copyOf(watchers).forEach(Runnable::run);
        }
    }
}
