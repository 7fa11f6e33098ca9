package dev.lateen.proxy.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// One set of labels of one reporter, and what each event loop has counted under it.
///
/// Thread: any; `seen` the sweep's.
final class LabelSet<T extends IstioSeries> {
    /// For each metric its labels as they are written.
    final List<String> texts;

    final List<T> series = new CopyOnWriteArrayList<>();
    /// Uses at the last sweep; negative before the first.
    private long seen = -1;

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
        boolean idle = uses == seen && series.stream().noneMatch(IstioSeries::busy);
        seen = uses;
        return idle;
    }

    /// Whether something was counted since `isIdle` was asked.
    boolean isUsedAgain() {
        return uses() != seen;
    }

    void retire() {
        series.forEach(IstioSeries::retire);
    }
}
