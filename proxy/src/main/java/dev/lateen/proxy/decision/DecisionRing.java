package dev.lateen.proxy.decision;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last decisions of one event loop, good ones and failures apart, so that many good ones do not push out the one
/// that somebody asks about.
///
/// Thread: its event loop.
final class DecisionRing {
    private final @Nullable Decision[] good;
    private final @Nullable Decision[] failed;
    private int nextGood;
    private int nextFailed;
    private long sequence;

    /// @param size of each of the two
    DecisionRing(int size) {
        this.good = new Decision[size];
        this.failed = new Decision[size];
    }

    void add(StreamInfo info) {
        sequence++;
        if (Decision.failed(info)) {
            free(failed, nextFailed).fill(info, sequence);
            nextFailed = next(nextFailed, failed);
        } else {
            free(good, nextGood).fill(info, sequence);
            nextGood = next(nextGood, good);
        }
    }

    /// Whoever reads a decision keeps it: another takes its place.
    private static Decision free(@Nullable Decision[] slots, int at) {
        Decision old = slots[at];
        if (old != null && !old.shared()) {
            return old;
        }
        Decision made = new Decision();
        slots[at] = made;
        return made;
    }

    private static int next(int at, @Nullable Decision[] slots) {
        return at + 1 == slots.length ? 0 : at + 1;
    }

    /// What one loop answers.
    ///
    /// @param end number of its last decision
    /// @param lost how many of those that were asked about are gone
    record Part(int loop, List<Decision> decisions, long end, long lost) {}

    /// Those that match, oldest first; of too many the newest.
    ///
    /// @param after number of the last one that was read
    Part find(DecisionFilter filter, long after, int limit, int loop) {
        List<Decision> found = new ArrayList<>();
        int kept = collect(good, filter, after, found) + collect(failed, filter, after, found);
        found.sort(Comparator.comparingLong(decision -> decision.sequence));
        List<Decision> newest = found.size() <= limit ? found : found.subList(found.size() - limit, found.size());
        newest.forEach(Decision::share);
        return new Part(loop, List.copyOf(newest), sequence, Math.max(0, sequence - after - kept));
    }

    /// How many there are after that one, whether or not they match.
    private static int collect(@Nullable Decision[] slots, DecisionFilter filter, long after, List<Decision> found) {
        int kept = 0;
        for (Decision decision : slots) {
            if (decision != null && decision.sequence > after) {
                kept++;
                if (filter.matches(decision)) {
                    found.add(decision);
                }
            }
        }
        return kept;
    }
}
