package dev.lateen.control.ratelimit;

import java.util.List;
import java.util.Optional;

/// Keeps the counters of the mesh.
///
/// Thread: any; may block.
public interface LimitStore extends AutoCloseable {
    /// Counts all of them, or none where any refuses.
    ///
    /// @param ahead further hits on each, granted as far as every counter has room for them
    /// @throws StoreUnavailable where the counters cannot be reached
    Taken take(List<Take> takes, long ahead);

    /// Counters of a rule, those with most use first, at most so many.
    List<Usage> usage(String rule, int atMost);

    /// Lets counters of a rule begin anew.
    ///
    /// @param values of one counter; absent: all
    /// @return how many there were
    int reset(String rule, Optional<List<String>> values);

    /// How many counters are kept.
    long size();

    @Override
    void close();

    /// @param states one for each take
    /// @param ahead granted
    record Taken(List<LimitState> states, long ahead) {
        public Taken {
            states = List.copyOf(states);
        }

        boolean admitted() {
            return states.stream().allMatch(LimitState::admitted);
        }
    }

    /// @param untilMillis when it begins anew, since 1970; 0: it is always under way
    record Usage(LimitKey key, long used, long untilMillis) {}

    /// The counters cannot be reached.
    final class StoreUnavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoreUnavailable(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
