package dev.lateen.proxy.listener;

import dev.lateen.proxy.downstream.DownstreamConnection;
import java.util.Comparator;
import java.util.List;

/// Picks whom memory is taken from when it gets scarce: whoever holds most of it.
///
/// Thread: event loop of the connections.
final class LargestFirst {
    /// Whoever holds less is not the reason.
    private static final long MIN_BYTES = 64 * 1024;
    private static final double AT_ONCE = 0.25;

    private LargestFirst() {}

    private record Holder(DownstreamConnection connection, long bytes) {}

    /// @param share 0 to 1; at 1 a quarter of those that hold many bytes end at once
    static void end(List<DownstreamConnection> connections, double share) {
        List<Holder> holders = connections.stream()
                .map(connection -> new Holder(connection, connection.heldBytes()))
                .filter(holder -> holder.bytes() >= MIN_BYTES)
                .sorted(Comparator.comparingLong(Holder::bytes).reversed())
                .toList();
        long count = Math.min(holders.size(), (long) Math.ceil(holders.size() * share * AT_ONCE));
        holders.stream().limit(count).forEach(holder -> holder.connection().shed());
    }
}
