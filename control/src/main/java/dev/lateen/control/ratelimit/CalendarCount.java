package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.Algorithm;
import dev.lateen.translate.policy.CalendarWindow;
import java.util.concurrent.TimeUnit;

/// The hits since the calendar turned. What of them the journal does not know yet is never more than one caller may be
/// granted ahead.
///
/// Thread: any: it is saved by the journal's thread too.
final class CalendarCount implements Counter {
    private final LimitKey key;
    private final QuotaJournal journal;
    private CalendarWindow window;
    private long startMillis;
    private long endMillis;
    private long used;
    private long journaled;

    CalendarCount(Take take, QuotaJournal journal, long nowNanos) {
        this.key = take.key();
        this.journal = journal;
        this.window = window(take);
        turn(TimeUnit.NANOSECONDS.toMillis(nowNanos));
    }

    private static CalendarWindow window(Take take) {
        return take.rule()
                .calendar()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no calendar: " + take.rule().id()));
    }

    private void turn(long nowMillis) {
        startMillis = CalendarTurns.start(window, nowMillis);
        endMillis = CalendarTurns.end(window, startMillis);
        used = journal.known(key, startMillis);
        journaled = used;
    }

    private void move(Take take, long nowNanos) {
        long now = TimeUnit.NANOSECONDS.toMillis(nowNanos);
        if (!window(take).equals(window)) {
            window = window(take);
            turn(now);
        } else if (now >= endMillis) {
            turn(now);
        }
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.CALENDAR;
    }

    @Override
    public synchronized long room(Take take, long nowNanos) {
        move(take, nowNanos);
        return Math.max(0, take.limit() - used);
    }

    @Override
    public synchronized void add(Take take, long hits, long nowNanos) {
        used += hits;
        if (used - journaled >= Math.max(1, take.mostAhead())) {
            save();
        } else {
            journal.later(this);
        }
    }

    @Override
    public synchronized void giveBack(long hits) {
        used = Math.max(0, used - hits);
        journal.later(this);
    }

    /// Tells the journal what it does not know yet.
    synchronized void save() {
        if (used != journaled) {
            journal.append(key, startMillis, endMillis, used);
            journaled = used;
        }
    }

    @Override
    public synchronized long resetNanos(Take take, long hits, long nowNanos) {
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(endMillis) - nowNanos);
    }

    @Override
    public synchronized long used(Take take, long nowNanos) {
        move(take, nowNanos);
        return used;
    }

    synchronized long endMillis() {
        return endMillis;
    }

    @Override
    public synchronized boolean isFresh(long nowNanos) {
        return used == 0 || TimeUnit.NANOSECONDS.toMillis(nowNanos) >= endMillis;
    }

    @Override
    public synchronized void clear() {
        used = 0;
        save();
    }
}
