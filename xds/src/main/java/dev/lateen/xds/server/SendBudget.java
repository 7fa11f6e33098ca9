package dev.lateen.xds.server;

import java.util.ArrayDeque;
import java.util.Deque;

/// Bounds what all streams together have handed to the network and not yet got rid of, so that a thousand proxies that
/// connect at once do not hold a thousand copies of the configuration in memory. Streams wait their turn, first come,
/// first served.
///
/// Thread: ads loop.
final class SendBudget {
    private final long limit;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long used;
    private boolean serving;

    /// @param limit in bytes; one response may go beyond it
    SendBudget(long limit) {
        this.limit = limit;
    }

    boolean isFree() {
        return used < limit;
    }

    void take(long bytes) {
        used += bytes;
    }

    void giveBack(long bytes) {
        used -= bytes;
        serve();
    }

    /// Calls back once when there is room.
    void await(Runnable turn) {
        waiting.add(turn);
    }

    private void serve() {
        if (serving) {
            return; // What is served gives back in turn; the loop below sees it.
        }
        serving = true;
        try {
            while (isFree() && !waiting.isEmpty()) {
                waiting.remove().run();
            }
        } finally {
            serving = false;
        }
    }
}
