package dev.lateen.net.socket;

import dev.lateen.net.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// The connections of a port whose peers have not shown yet who they are. Each costs memory that nobody has proved
/// to be worth it, so there are few of them and not for long: where one more comes, the one that came first goes.
///
/// Limits: 512 at a time, 15 s each.
///
/// Thread: any.
@Sharable
// A close that fails has nobody to tell.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Newcomers extends ChannelInboundHandlerAdapter {
    private static final int MOST = 512;
    private static final Duration WITHIN = Duration.ofSeconds(15);
    private static final long LOOK_EVERY_MILLIS = 500;

    /// By remote address, the one that came first first.
    private final Map<SocketAddress, Newcomer> waiting = new LinkedHashMap<>();

    private final LongAdder ended = new LongAdder();

    private record Newcomer(Channel channel, long sinceNanos) {}

    /// An acceptor, not bound yet, whose connections are all newcomers at first.
    public ServerChannel acceptor(EventLoops loops) {
        ServerChannel channel = loops.isEpoll() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
        channel.pipeline().addLast(this);
        return channel;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        ctx.executor()
                .scheduleWithFixedDelay(this::endSlow, LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        SocketAddress from = accepted.remoteAddress();
        if (from == null) { // gone already
            accepted.unsafe().closeForcibly();
            return;
        }
        List<Newcomer> tooMany = new ArrayList<>(1);
        synchronized (waiting) {
            waiting.put(from, new Newcomer(accepted, System.nanoTime()));
            Iterator<Newcomer> first = waiting.values().iterator();
            while (waiting.size() > MOST) {
                tooMany.add(first.next());
                first.remove();
            }
        }
        accepted.closeFuture().addListener(_ -> forget(from, accepted));
        tooMany.forEach(this::end);
        ctx.fireChannelRead(message);
    }

    /// The peer at that address has shown who it is.
    public void letIn(SocketAddress from) {
        synchronized (waiting) {
            waiting.remove(from);
        }
    }

    /// How many connections have been ended for having proved nothing.
    public long ended() {
        return ended.sum();
    }

    private void forget(SocketAddress from, Channel channel) {
        synchronized (waiting) {
            Newcomer known = waiting.get(from);
            if (known != null && known.channel().equals(channel)) {
                waiting.remove(from);
            }
        }
    }

    private void endSlow() {
        long since = System.nanoTime() - WITHIN.toNanos();
        List<Newcomer> slow = new ArrayList<>();
        synchronized (waiting) {
            Iterator<Newcomer> first = waiting.values().iterator();
            while (first.hasNext()) {
                Newcomer next = first.next();
                if (next.sinceNanos() - since > 0) {
                    break; // nor are those that came after it slow
                }
                slow.add(next);
                first.remove();
            }
        }
        slow.forEach(this::end);
    }

    private void end(Newcomer newcomer) {
        ended.increment();
        if (newcomer.channel().isRegistered()) {
            newcomer.channel().close();
        } else {
            newcomer.channel().unsafe().closeForcibly();
        }
    }
}
