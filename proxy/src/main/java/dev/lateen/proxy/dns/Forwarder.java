package dev.lateen.proxy.dns;

import dev.lateen.net.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Asks the name servers of the pod: one after the other, and all of them again, until one has an answer.
///
/// Limits: `MAX_PARALLEL` questions at a time; those above get no answer at once.
///
/// Thread: its event loop.
final class Forwarder {
    static final int MAX_PARALLEL = 256;

    private final EventLoops loops;
    private final EventLoop loop;
    private final ResolverConfig config;
    private final DnsStats stats;
    private final RandomGenerator random;
    private int open;

    /// @param random whoever can tell its numbers can forge answers
    Forwarder(EventLoops loops, EventLoop loop, ResolverConfig config, DnsStats stats, RandomGenerator random) {
        this.loops = loops;
        this.loop = loop;
        this.config = config;
        this.stats = stats;
        this.random = random;
    }

    EventLoop loop() {
        return loop;
    }

    ResolverConfig config() {
        return config;
    }

    DnsStats stats() {
        return stats;
    }

    /// @param message of the client, whose id is replaced for each name server
    /// @param tcp whether to ask over TCP at once, as the client did
    /// @param done takes the reply, with an id of ours; null where none came
    void ask(byte[] message, int questionBytes, boolean tcp, Consumer<byte @Nullable []> done) {
        assert loop.inEventLoop();
        stats.upstreamRequests().increment();
        if (open >= MAX_PARALLEL || config.servers().isEmpty()) {
            stats.upstreamFailures().increment();
            done.accept(null);
            return;
        }
        open++;
        long start = System.nanoTime();
        new UpstreamQuery(this, message, questionBytes, tcp, reply -> {
                    open--;
                    stats.upstreamDuration().recordNanos(System.nanoTime() - start);
                    done.accept(reply);
                })
                .next();
    }

    int newId() {
        return random.nextInt(1 << Character.SIZE);
    }

    /// A socket of its own for each question: its port is one more thing that a forger has to guess, and as it is
    /// connected, it takes nothing from others than the server that is asked.
    Bootstrap datagrams() {
        return new Bootstrap()
                .group(loop)
                .channel(loops.isEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(DnsQuery.MAX_DATAGRAM + 1).maxMessagesPerRead(1));
    }

    Bootstrap streams() {
        return new Bootstrap()
                .group(loop)
                .channel(loops.isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.timeout().toMillis());
    }
}
