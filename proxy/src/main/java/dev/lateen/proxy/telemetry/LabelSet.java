package dev.lateen.proxy.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// One set of labels of one reporter, and what each event loop has counted under it.
///
/// Thread: any; what sweeps have seen is theirs.
final class LabelSet<T extends IstioSeries> {
    /// For each metric its labels as they are written.
    final List<String> texts;

    final List<T> series = new CopyOnWriteArrayList<>();
    /// Uses at the last sweep; negative before the first.
    private long seen = -1;
    /// The same, of those that look for room.
    private long seenForRoom = -1;
    /// Uses when somebody last asked.
    private long last;

    LabelSet(List<String> texts) {
        this.texts = texts;
    }

    long uses() {
        long uses = 0;
        for (T one : series) {
            uses += one.uses();
        }
        return uses;
    }

    /// Whether nothing was counted since the sweep before this one, and nothing will be of what goes on.
    boolean isIdle() {
        long uses = uses();
        boolean idle = uses == seen && isQuiet();
        seen = uses;
        last = uses;
        return idle;
    }

    /// The same, by the last time that this was asked.
    boolean isIdleForRoom() {
        long uses = uses();
        boolean idle = uses == seenForRoom && isQuiet();
        seenForRoom = uses;
        last = uses;
        return idle;
    }

    private boolean isQuiet() {
        for (T one : series) {
            if (one.busy()) {
                return false;
            }
        }
        return true;
    }

    /// Whether something was counted since it was found idle.
    boolean isUsedAgain() {
        return uses() != last;
    }

    void retire() {
        series.forEach(IstioSeries::retire);
    }
}
