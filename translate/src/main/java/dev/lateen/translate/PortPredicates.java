package dev.lateen.translate;

import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// At which ports a listener filter looks at connections.
final class PortPredicates {
    private PortPredicates() {}

    /// Everywhere but there.
    static ListenerFilter except(ListenerFilter filter, Collection<Integer> ports) {
        return ports.isEmpty()
                ? filter
                : filter.toBuilder().setFilterDisabled(any(ports)).build();
    }

    /// Nowhere else.
    static ListenerFilter only(ListenerFilter filter, Collection<Integer> ports) {
        return filter.toBuilder()
                .setFilterDisabled(
                        ListenerFilterChainMatchPredicate.newBuilder().setNotMatch(any(ports)))
                .build();
    }

    private static ListenerFilterChainMatchPredicate any(Collection<Integer> ports) {
        List<ListenerFilterChainMatchPredicate> ranges =
                new TreeSet<>(ports).stream().map(PortPredicates::range).toList();
        return ranges.size() == 1
                ? ranges.getFirst()
                : ListenerFilterChainMatchPredicate.newBuilder()
                        .setOrMatch(ListenerFilterChainMatchPredicate.MatchSet.newBuilder()
                                .addAllRules(ranges))
                        .build();
    }

    private static ListenerFilterChainMatchPredicate range(int port) {
        return ListenerFilterChainMatchPredicate.newBuilder()
                .setDestinationPortRange(Int32Range.newBuilder().setStart(port).setEnd(port + 1))
                .build();
    }
}
