package dev.lateen.proxy.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// A named number that counts up, or a gauge that goes both ways. Hot code takes a `cell()` for its thread once and
/// adds to that; anybody may add here.
///
/// Thread: any.
public final class Counter {
    private final String name;
    private final AtomicLong shared = new AtomicLong();
    private final List<Cell> cells = new CopyOnWriteArrayList<>();

    Counter(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public void increment() {
        shared.getAndIncrement();
    }

    public void add(long amount) {
        shared.getAndAdd(amount);
    }

    /// A part of this number that the calling thread alone adds to. It stays part of the sum for ever.
    public Cell cell() {
        Cell cell = new Cell();
        cells.add(cell);
        return cell;
    }

    public long value() {
        long sum = shared.get();
        for (Cell cell : cells) {
            sum += cell.value();
        }
        return sum;
    }

    /// For `/reset_counters`. What is added at the same moment may be lost.
    void reset() {
        shared.addAndGet(-value());
    }
}
