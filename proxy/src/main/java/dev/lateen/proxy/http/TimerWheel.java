package dev.lateen.proxy.http;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The deadlines of one event loop's requests. Setting and clearing one costs a few field writes; the loop's own timer
/// is set at most once a tick, however many requests come and go. Deadlines fire up to one tick late, never early.
///
/// Thread: its event loop.
final class TimerWheel {
    static final long TICK_NANOS = 8_388_608; // 2^23, about 8.4 ms, so that a tick is a shift.

    private static final int TICK_SHIFT = 23;
    private static final int SLOTS = 512;
    private static final long NEVER = Long.MAX_VALUE;

    private final EventLoop loop;
    private final @Nullable Deadline[] slots = new @Nullable Deadline[SLOTS];
    private final long originNanos = System.nanoTime();
    private final Runnable wake = this::onWake;
    private long doneTick = -1;
    private long wakeTick = NEVER;
    private int size;

    TimerWheel(EventLoop loop) {
        this.loop = loop;
    }

    /// Who is told of a passed deadline.
    interface Expiry {
        void onDeadline(long nowNanos);
    }

    /// A place in the wheel; one per request, used again and again.
    static final class Deadline {
        private final Expiry expiry;
        private @Nullable Deadline next;
        private @Nullable Deadline previous;
        private long tick = NEVER;

        Deadline(Expiry expiry) {
            this.expiry = expiry;
        }

        boolean isSet() {
            return tick != NEVER;
        }
    }

    /// Sets or moves a deadline.
    ///
    /// @param atNanos in terms of `System.nanoTime()`
    void set(Deadline deadline, long atNanos) {
        clear(deadline);
        long tick = Math.max(doneTick + 1, (atNanos - originNanos + TICK_NANOS - 1) >> TICK_SHIFT);
        deadline.tick = tick;
        int slot = (int) (tick & (SLOTS - 1));
        Deadline first = slots[slot];
        deadline.next = first;
        if (first != null) {
            first.previous = deadline;
        }
        slots[slot] = deadline;
        size++;
        if (tick < wakeTick) {
            wakeAt(tick);
        }
    }

    /// When a deadline that is set will be looked at, in terms of `System.nanoTime()`.
    long timeOf(Deadline deadline) {
        return originNanos + (deadline.tick << TICK_SHIFT);
    }

    void clear(Deadline deadline) {
        if (!deadline.isSet()) {
            return;
        }
        Deadline next = deadline.next;
        Deadline previous = deadline.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[(int) (deadline.tick & (SLOTS - 1))] = next;
        }
        deadline.next = null;
        deadline.previous = null;
        deadline.tick = NEVER;
        size--;
    }

    private void wakeAt(long tick) {
        wakeTick = tick;
        long delay = originNanos + (tick << TICK_SHIFT) - System.nanoTime();
        loop.schedule(wake, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }

    private void onWake() {
        long now = System.nanoTime();
        long nowTick = (now - originNanos) >> TICK_SHIFT;
        if (nowTick < wakeTick) {
            return; // A later wake-up stands.
        }
        wakeTick = NEVER;
        long from = Math.max(doneTick + 1, nowTick - SLOTS + 1);
        doneTick = nowTick;
        for (long tick = from; tick <= nowTick; tick++) {
            expire((int) (tick & (SLOTS - 1)), nowTick, now);
        }
        if (size > 0 && wakeTick == NEVER) {
            wakeAt(nextTick());
        }
    }

    private void expire(int slot, long nowTick, long now) {
        Deadline due = firstDue(slot, nowTick);
        while (due != null) {
            clear(due);
            due.expiry.onDeadline(now);
            due = firstDue(slot, nowTick);
        }
    }

    private @Nullable Deadline firstDue(int slot, long nowTick) {
        Deadline deadline = slots[slot];
        while (deadline != null && deadline.tick > nowTick) {
            deadline = deadline.next;
        }
        return deadline;
    }

    /// The next slot with a deadline in it, be it of this round or a later one.
    private long nextTick() {
        for (long tick = doneTick + 1; tick < doneTick + SLOTS; tick++) {
            if (slots[(int) (tick & (SLOTS - 1))] != null) {
                return tick;
            }
        }
        return doneTick + SLOTS;
    }
}
