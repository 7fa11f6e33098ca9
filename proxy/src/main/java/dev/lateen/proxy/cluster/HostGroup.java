package dev.lateen.proxy.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hosts among which one pick is made, as they were when their snapshot was taken.
///
/// Thread: any (immutable, but for the hash table, which is built when first needed).
final class HostGroup {
    static final HostGroup EMPTY = new HostGroup(0, List.of());

    private final int index;
    private final Host[] hosts;
    private final int[] weights;
    private final boolean equalWeights;
    private volatile @Nullable HashTable table;

    /// @param index within the snapshot
    HostGroup(int index, List<Host> hosts) {
        this.index = index;
        this.hosts = hosts.toArray(Host[]::new);
        this.weights = hosts.stream().mapToInt(host -> host.config().weight()).toArray();
        boolean equal = true;
        for (int weight : weights) {
            equal &= weight == weights[0];
        }
        this.equalWeights = equal;
    }

    int index() {
        return index;
    }

    int size() {
        return hosts.length;
    }

    Host host(int position) {
        return hosts[position];
    }

    int weight(int position) {
        return weights[position];
    }

    boolean equalWeights() {
        return equalWeights;
    }

    /// The table of consistent hashing, shared by all loops.
    HashTable table(LoadBalancing balancing) {
        HashTable built = table;
        if (built == null) {
            built = HashTable.of(this, balancing);
            table = built;
        }
        return built;
    }
}
