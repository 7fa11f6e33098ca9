package dev.lateen.control.ratelimit;

import dev.lateen.translate.policy.Algorithm;

/// One counter in memory. Callers hold its monitor. Times are milliseconds or nanoseconds since 1970, as named.
sealed interface Counter permits TokenBucket, SlidingWindow, CalendarCount {
    Algorithm algorithm();

    /// How many hits there is room for.
    long room(Take take, long nowNanos);

    /// Counts hits for which there is room.
    void add(Take take, long hits, long nowNanos);

    /// Takes hits back that were counted a moment ago.
    void giveBack(long hits);

    /// Until there is room for so many hits; where there is, until the limit is as fresh.
    long resetNanos(Take take, long hits, long nowNanos);

    long used(Take take, long nowNanos);

    /// Whether it knows no more than a new one would.
    boolean isFresh(long nowNanos);

    void clear();
}
