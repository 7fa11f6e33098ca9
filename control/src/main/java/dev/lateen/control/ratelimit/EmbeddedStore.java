package dev.lateen.control.ratelimit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Counters in the memory of the only control plane. Nothing is locked but the counters that a request is counted by.
///
/// Limits: so many counters as given; where there are more, first those go that know nothing any more, then the tenth
/// that was used longest ago, whose counts begin anew when they are needed again (a quota's with what the journal
/// knows).
///
/// Thread: any.
public final class EmbeddedStore implements LimitStore {
    /// Of 190 to 300 bytes each.
    public static final int DEFAULT_MOST = 200_000;

    private final InstantSource clock;
    private final int most;
    private final LimitStats stats;
    private final QuotaJournal journal;
    private final Map<LimitKey, Slot> slots = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    /// A counter, and when it was used.
    private static final class Slot {
        private Counter counter;
        private volatile Take last;
        private volatile long lastNanos;

        Slot(Counter counter, Take take, long now) {
            this.counter = counter;
            this.last = take;
            this.lastNanos = now;
        }
    }

    private EmbeddedStore(InstantSource clock, int most, LimitStats stats, QuotaJournal journal) {
        this.clock = clock;
        this.most = most;
        this.stats = stats;
        this.journal = journal;
    }

    /// @param journal the file that keeps quotas
    public static EmbeddedStore open(Path journal, int most, LimitStats stats, InstantSource clock) throws IOException {
        return new EmbeddedStore(clock, most, stats, QuotaJournal.open(journal, clock.millis()));
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public Taken take(List<Take> takes, long ahead) {
        long now = now();
        List<LimitState> states = new ArrayList<>(takes.size());
        int counted = 0;
        boolean admitted = true;
        for (Take take : takes) {
            LimitState state = take(take, take.hits(), admitted, now);
            states.add(state);
            if (admitted && state.admitted()) {
                counted++;
            } else {
                admitted = false;
            }
        }
        if (!admitted) {
            for (int index = 0; index < counted; index++) {
                giveBack(takes.get(index), takes.get(index).hits());
            }
            return new Taken(states, 0);
        }
        return new Taken(states, ahead <= 0 ? 0 : grant(takes, ahead, now));
    }

    /// As many hits as every counter has room for. What others take meanwhile makes it none.
    private long grant(List<Take> takes, long ahead, long now) {
        long granted = ahead;
        for (Take take : takes) {
            Slot slot = slot(take, now);
            synchronized (slot) {
                granted = Math.min(granted, counter(slot, take, now).room(take, now));
            }
        }
        for (int index = 0; granted > 0 && index < takes.size(); index++) {
            if (!take(takes.get(index), granted, true, now).admitted()) {
                for (int before = 0; before < index; before++) {
                    giveBack(takes.get(before), granted);
                }
                return 0;
            }
        }
        return Math.max(0, granted);
    }

    /// @param counts false: it is only looked at
    private LimitState take(Take take, long hits, boolean counts, long now) {
        Slot slot = slot(take, now);
        synchronized (slot) {
            Counter counter = counter(slot, take, now);
            long room = counter.room(take, now);
            boolean admitted = room >= hits;
            long reset = counter.resetNanos(take, Math.max(1, hits), now);
            if (admitted && counts && hits > 0) {
                counter.add(take, hits, now);
                room -= hits;
            }
            return new LimitState(admitted, room, reset);
        }
    }

    private void giveBack(Take take, long hits) {
        Slot slot = slots.get(take.key());
        if (slot != null) {
            synchronized (slot) {
                slot.counter.giveBack(hits);
            }
        }
    }

    private Slot slot(Take take, long now) {
        Slot slot = slots.get(take.key());
        if (slot == null) {
            slot = slots.computeIfAbsent(take.key(), _ -> new Slot(create(take, now), take, now));
            if (slots.size() > most) {
                sweep(now);
            }
        }
        slot.lastNanos = now;
        slot.last = take;
        return slot;
    }

    /// Another one where the rule has changed its algorithm. The monitor of the slot is held.
    private Counter counter(Slot slot, Take take, long now) {
        if (slot.counter.algorithm() != take.rule().algorithm()) {
            slot.counter = create(take, now);
        }
        return slot.counter;
    }

    private Counter create(Take take, long now) {
        return switch (take.rule().algorithm()) {
            case TOKEN_BUCKET -> new TokenBucket(now);
            case SLIDING_WINDOW -> new SlidingWindow(take, now);
            case CALENDAR -> new CalendarCount(take, journal, now);
        };
    }

    private void sweep(long now) {
        if (!sweeping.compareAndSet(false, true)) {
            return;
        }
        try {
            int before = slots.size();
            slots.values().removeIf(slot -> {
                synchronized (slot) {
                    return slot.counter.isFresh(now) && slot.lastNanos != now;
                }
            });
            if (slots.size() > most - most / 10) {
                long[] used = slots.values().stream()
                        .mapToLong(slot -> slot.lastNanos)
                        .sorted()
                        .toArray();
                long oldest = used[Math.min(used.length - 1, Math.max(0, slots.size() - (most - most / 10)))];
                slots.values().removeIf(slot -> slot.lastNanos < oldest);
                stats.evicted(Math.max(0, before - slots.size()));
            }
        } finally {
            sweeping.set(false);
        }
    }

    @Override
    public List<Usage> usage(String rule, int atMost) {
        long now = now();
        List<Usage> all = new ArrayList<>();
        slots.forEach((key, slot) -> {
            if (key.rule().equals(rule)) {
                synchronized (slot) {
                    Counter counter = slot.counter;
                    long until = counter instanceof CalendarCount calendar ? calendar.endMillis() : 0;
                    all.add(new Usage(key, counter.used(slot.last, now), until));
                }
            }
        });
        for (Usage known : journal.usage(rule, clock.millis())) {
            if (!slots.containsKey(known.key())) {
                all.add(known);
            }
        }
        all.sort(Comparator.comparingLong(Usage::used).reversed());
        return List.copyOf(all.subList(0, Math.min(atMost, all.size())));
    }

    @Override
    public int reset(String rule, Optional<List<String>> values) {
        int[] count = new int[1];
        slots.forEach((key, slot) -> {
            if (key.rule().equals(rule) && (values.isEmpty() || values.get().equals(key.values()))) {
                synchronized (slot) {
                    slot.counter.clear();
                }
                count[0]++;
            }
        });
        for (Usage known : journal.usage(rule, clock.millis())) {
            boolean wanted = values.isEmpty() || values.get().equals(known.key().values());
            if (wanted && !slots.containsKey(known.key())) {
                journal.forget(known.key());
                count[0]++;
            }
        }
        return count[0];
    }

    @Override
    public long size() {
        return slots.size();
    }

    @Override
    public void close() {
        journal.close();
    }
}
