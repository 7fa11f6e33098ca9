package dev.lateen.dashboard.traffic;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The traffic of the last hour: the last minutes as they were read, what is older in spans of a quarter of a minute,
/// or as seldom as it was read.
///
/// Limits: an hour, and 60,000 tallies; the oldest go first.
///
/// Thread: any.
public final class History {
    static final Duration KEPT = Duration.ofHours(1);
    static final Duration FINE = Duration.ofSeconds(90);
    static final Duration COARSE = Duration.ofSeconds(15);
    static final int MOST_TALLIES = 60_000;

    private final Deque<Frame> coarse = new ArrayDeque<>();
    private final Deque<Frame> fine = new ArrayDeque<>();
    private final Map<EdgeKey, Instant> lastSeen = new HashMap<>();
    private int tallies;

    public synchronized void add(Frame frame) {
        fine.addLast(frame);
        tallies += frame.edges().size();
        frame.edges().keySet().forEach(edge -> lastSeen.put(edge, frame.to()));
        while (fine.size() > 1 && fine.getFirst().to().isBefore(frame.to().minus(FINE))) {
            coarsen(fine.removeFirst());
        }
        while (!coarse.isEmpty() && isTooOld(coarse.getFirst(), frame.to())) {
            tallies -= coarse.removeFirst().edges().size();
        }
        Instant horizon = oldest().orElse(frame.from());
        lastSeen.values().removeIf(seen -> seen.isBefore(horizon));
    }

    /// The sum of what ended within a time before `at`. Where nothing did, since spans are longer than that, the span
    /// that holds `at`.
    public synchronized Frame window(Instant at, Duration length) {
        Map<EdgeKey, Tally> sum = new HashMap<>();
        Instant from = at;
        Instant to = at.minus(length);
        int proxies = 0;
        int silent = 0;
        Frame around = Frame.empty(at);
        for (Frame frame : frames()) {
            if (frame.from().isBefore(at) && frame.to().isAfter(at)) {
                around = frame;
            }
            if (!frame.to().isAfter(at) && frame.to().isAfter(at.minus(length))) {
                frame.edges()
                        .forEach((edge, tally) ->
                                sum.computeIfAbsent(edge, _ -> new Tally()).add(tally));
                from = frame.from().isBefore(from) ? frame.from() : from;
                to = frame.to();
                proxies = frame.proxies();
                silent = frame.silent();
            }
        }
        return from.isBefore(to) ? new Frame(from, to, sum, proxies, silent) : around;
    }

    /// All frames, the oldest first.
    public synchronized List<Frame> frames() {
        List<Frame> all = new ArrayList<>(coarse);
        all.addAll(fine);
        return all;
    }

    /// All that is known in spans of about a quarter of a minute, the oldest first.
    public synchronized List<Frame> spans() {
        List<Frame> all = new ArrayList<>(coarse);
        Frame open = null;
        for (Frame frame : fine) {
            open = open == null ? frame : open.and(frame);
            if (open.seconds() >= COARSE.toSeconds() - 1) {
                all.add(open);
                open = null;
            }
        }
        if (open != null) {
            all.add(open);
        }
        return all;
    }

    /// Edges that had traffic, and when last.
    public synchronized Map<EdgeKey, Instant> lastSeen() {
        return Map.copyOf(lastSeen);
    }

    /// Since when there is something to show.
    public synchronized Optional<Instant> oldest() {
        Frame first = coarse.isEmpty() ? fine.peekFirst() : coarse.getFirst();
        return Optional.ofNullable(first).map(Frame::from);
    }

    private boolean isTooOld(Frame frame, Instant now) {
        return frame.to().isBefore(now.minus(KEPT)) || tallies > MOST_TALLIES;
    }

    private void coarsen(Frame frame) {
        Frame last = coarse.peekLast();
        boolean joins = last != null
                && last.to().equals(frame.from())
                && Duration.between(last.from(), frame.to()).compareTo(COARSE) <= 0;
        if (joins) {
            coarse.removeLast();
            Frame sum = last.and(frame);
            coarse.addLast(sum);
            tallies += sum.edges().size() - last.edges().size() - frame.edges().size();
        } else {
            coarse.addLast(frame);
        }
    }
}
