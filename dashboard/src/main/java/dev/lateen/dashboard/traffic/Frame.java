package dev.lateen.dashboard.traffic;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// What has gone over all edges in a span of time.
///
/// @param from exclusive
/// @param to inclusive
/// @param proxies that were read
/// @param silent proxies that could not be read
public record Frame(Instant from, Instant to, Map<EdgeKey, Tally> edges, int proxies, int silent) {
    public static Frame empty(Instant at) {
        return new Frame(at, at, Map.of(), 0, 0);
    }

    public double seconds() {
        return (to.toEpochMilli() - from.toEpochMilli()) / 1e3;
    }

    /// This and the next.
    Frame and(Frame next) {
        Map<EdgeKey, Tally> sum = new HashMap<>();
        for (Frame one : new Frame[] {this, next}) {
            one.edges.forEach(
                    (edge, tally) -> sum.computeIfAbsent(edge, _ -> new Tally()).add(tally));
        }
        return new Frame(from, next.to, sum, next.proxies, next.silent);
    }
}
