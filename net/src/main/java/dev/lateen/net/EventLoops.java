package dev.lateen.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A fixed number of event loops and the buffers they share: epoll where the kernel has it, NIO otherwise.
///
/// Thread: any.
public final class EventLoops implements AutoCloseable {
    private static final int PAGE_BYTES = 8192;
    private static final int MAX_ORDER = 5;
    private static final int SMALL_CACHE = 64;
    private static final int NORMAL_CACHE = 16;

    private final EventLoopGroup group;
    private final List<EventLoop> loops;
    private final boolean epoll;
    private final ByteBufAllocator allocator;

    private EventLoops(EventLoopGroup group, boolean epoll, int count) {
        this.group = group;
        this.epoll = epoll;
        List<EventLoop> all = new ArrayList<>(count);
        for (EventExecutor executor : group) {
            all.add((EventLoop) executor);
        }
        this.loops = List.copyOf(all);
        // One arena for each loop with chunks of 256 KiB: a sidecar's buffers fit in a few of them.
        this.allocator =
                new PooledByteBufAllocator(true, 0, count, PAGE_BYTES, MAX_ORDER, SMALL_CACHE, NORMAL_CACHE, true);
    }

    /// @param name prefix of the threads' names
    public static EventLoops create(String name, int count) {
        return Epoll.isAvailable() ? epoll(name, count) : nio(name, count);
    }

    /// Why `create` does without epoll; empty where it does not.
    public static Optional<String> obstacleToEpoll() {
        return Optional.ofNullable(Epoll.unavailabilityCause()).map(Throwable::toString);
    }

    /// For platforms without epoll, and to test that nothing depends on it.
    public static EventLoops nio(String name, int count) {
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(count, threads(name), NioIoHandler.newFactory()), false, count);
    }

    private static EventLoops epoll(String name, int count) {
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(count, threads(name), LastingEpollHandler.newFactory()), true, count);
    }

    private static DefaultThreadFactory threads(String name) {
        return new DefaultThreadFactory(name, false, Thread.NORM_PRIORITY);
    }

    public List<EventLoop> all() {
        return loops;
    }

    /// The loop at `index`, modulo their number.
    public EventLoop at(int index) {
        return loops.get(Math.floorMod(index, loops.size()));
    }

    public boolean isEpoll() {
        return epoll;
    }

    /// What channels on these loops allocate from.
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /// Stops the loops without delay; channels close.
    public Future<?> shutdown() {
        return group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    /// Stops the loops and waits for their threads. Not to be called on a loop.
    @Override
    public void close() {
        shutdown().syncUninterruptibly();
    }
}
