package dev.lateen.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Map;
import java.util.WeakHashMap;

/// Gathers the flushes of one event loop: whatever a turn of the loop wrote, to whichever connection, leaves in one
/// flush per connection after all ready sockets have been read. One system call then carries a head and its body, or
/// many small frames.
///
/// Thread: event loop.
public final class FlushBatch implements Runnable {
    /// A connection with something to flush.
    public interface Flushable {
        /// Called once for each `add` batch; may add itself again.
        void flushNow();
    }

    private static final FastThreadLocal<Map<EventLoop, FlushBatch>> BATCHES = new FastThreadLocal<>() {
        @Override
        protected Map<EventLoop, FlushBatch> initialValue() {
            return new WeakHashMap<>();
        }
    };

    private final EventLoop loop;
    private Flushable[] waiting = new Flushable[64];
    private Flushable[] running = new Flushable[64];
    private int size;
    private boolean scheduled;

    private FlushBatch(EventLoop loop) {
        this.loop = loop;
    }

    /// The batch of this loop. Call it on the loop and keep the result: it is a lookup.
    public static FlushBatch of(EventLoop loop) {
        assert loop.inEventLoop();
        return BATCHES.get().computeIfAbsent(loop, FlushBatch::new);
    }

    /// Asks for a flush at the end of this turn. The caller adds itself at most once until it has been flushed.
    public void add(Flushable flushable) {
        if (size == waiting.length) {
            waiting = java.util.Arrays.copyOf(waiting, size * 2);
        }
        waiting[size++] = flushable;
        if (!scheduled) {
            scheduled = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        scheduled = false;
        Flushable[] batch = waiting;
        int count = size;
        waiting = running;
        running = batch;
        size = 0;
        for (int index = 0; index < count; index++) {
            Flushable flushable = batch[index];
            batch[index] = NOTHING;
            flushable.flushNow();
        }
    }

    private static final Flushable NOTHING = () -> {};
}
