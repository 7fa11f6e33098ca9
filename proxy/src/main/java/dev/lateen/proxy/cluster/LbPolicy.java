package dev.lateen.proxy.cluster;

/// How a host is chosen among those of a priority.
public sealed interface LbPolicy {
    enum RoundRobin implements LbPolicy {
        INSTANCE
    }

    /// @param choices how many random hosts are compared, at least 2
    /// @param activeRequestBias with unequal weights, a weight is divided by (active + 1) to this power
    record LeastRequest(int choices, double activeRequestBias) implements LbPolicy {}

    enum Random implements LbPolicy {
        INSTANCE
    }

    /// Consistent hashing on a ring of `minSize` to `maxSize` points.
    record RingHash(int minSize, int maxSize) implements LbPolicy {}

    /// Consistent hashing by Google's Maglev.
    ///
    /// @param tableSize a prime
    record Maglev(int tableSize) implements LbPolicy {}

    /// The kind of cluster decides (original destination).
    enum ClusterProvided implements LbPolicy {
        INSTANCE
    }
}
