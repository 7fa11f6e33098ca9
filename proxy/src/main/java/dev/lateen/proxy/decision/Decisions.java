package dev.lateen.proxy.decision;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What became of the last requests and connections of this process: a bounded ring for each event loop, told of each
/// end like an access log.
///
/// Limits: `KEPT` good ones and as many failures over all loops, or as many as the process's environment says, about
/// 0.5 KiB each; loops share them evenly.
///
/// Thread: `log` the event loop of the stream, others any.
public final class Decisions implements AccessLogger {
    static final int KEPT = 1024;
    static final String VARIABLE = "LATEEN_DECISIONS";
    private static final int MOST = 65_536;
    private static final int LEAST = 64;

    private final List<Lane> lanes;
    private final String proxy;
    private final FastThreadLocal<DecisionRing> ring;

    private record Lane(EventLoop loop, DecisionRing ring) {}

    /// @param loops those of all traffic
    /// @param proxy whose decisions these are, as the control plane names it
    /// @param kept how many good ones, and how many failures; none where 0
    public Decisions(Iterable<EventLoop> loops, String proxy, int kept) {
        this.proxy = proxy;
        List<EventLoop> all = new ArrayList<>();
        if (kept > 0) {
            loops.forEach(all::add);
        }
        int size = Math.max(Math.min(LEAST, kept), kept / Math.max(1, all.size()));
        this.lanes =
                all.stream().map(loop -> new Lane(loop, new DecisionRing(size))).toList();
        this.ring = new FastThreadLocal<>() {
            @Override
            protected DecisionRing initialValue() {
                return ofThisLoop();
            }
        };
    }

    /// How many a process's environment wants to be kept.
    public static Decoded<Integer> kept(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        return Decoded.of(() -> {
            if (text.isEmpty()) {
                return KEPT;
            }
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MOST) {
                throw new Refusal("environment variable " + VARIABLE + ": '" + text + "' (expected: 0 to " + MOST
                        + " requests that are kept for explanations)");
            }
            return Integer.parseInt(text);
        });
    }

    /// Whether any are kept.
    public boolean kept() {
        return !lanes.isEmpty();
    }

    private DecisionRing ofThisLoop() {
        for (Lane lane : lanes) {
            if (lane.loop().inEventLoop()) {
                return lane.ring();
            }
        }
        throw new IllegalStateException("no event loop of this proxy's traffic");
    }

    public String proxy() {
        return proxy;
    }

    @Override
    public void log(StreamInfo info) {
        ring.get().add(info);
    }

    /// An answer to `find`.
    ///
    /// @param decisions in the order in which they ended
    /// @param cursor after which the next question goes on
    /// @param lost how many that came after the cursor were gone already, whether or not they would have matched
    public record Found(List<Decision> decisions, Cursor cursor, long lost) {}

    /// Asks all loops for what they keep.
    ///
    /// @param after where an earlier question ended
    /// @param limit of decisions from each loop
    /// @param answer takes what they found, once, on one of the loops
    public void find(DecisionFilter filter, Cursor after, int limit, Consumer<Found> answer) {
        if (lanes.isEmpty()) {
            answer.accept(new Found(List.of(), Cursor.START, 0));
            return;
        }
        List<DecisionRing.Part> parts = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger open = new AtomicInteger(lanes.size());
        for (int index = 0; index < lanes.size(); index++) {
            Lane lane = lanes.get(index);
            int loop = index;
            lane.loop().execute(() -> {
                parts.add(lane.ring().find(filter, after.of(loop), limit, loop));
                if (open.decrementAndGet() == 0) {
                    answer.accept(joined(parts, after));
                }
            });
        }
    }

    private Found joined(List<DecisionRing.Part> parts, Cursor after) {
        List<Decision> decisions = new ArrayList<>();
        parts.forEach(part -> decisions.addAll(part.decisions()));
        decisions.sort(Comparator.comparingLong(Decision::endMicros));
        long lost = after.equals(Cursor.START)
                ? 0
                : parts.stream().mapToLong(DecisionRing.Part::lost).sum();
        return new Found(List.copyOf(decisions), Cursor.of(lanes.size(), parts), lost);
    }
}
