package dev.lateen.proxy.dns;

import dev.lateen.net.EventLoops;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The name server of a pod, over UDP and TCP. Names of the mesh are answered from the table in force, all others by
/// the pod's own name servers. A name of the mesh exists, whatever those say: types of records that the table has not
/// are asked for there, but a refusal, or that there is no such name, becomes that there is no such record.
///
/// Limits: `MAX_CONNECTIONS` over TCP, closed after `IDLE_SECONDS` without a question; `MAX_WAITING` questions of one
/// connection at a time; those of [Forwarder] and [DnsQuery].
///
/// Source: RFC 1035, RFC 6891, RFC 7766; Istio's DNS proxy. Thread: `start` and `close` not an event loop; the
/// rest its event loop.
public final class DnsServer implements AutoCloseable {
    static final int MAX_CONNECTIONS = 128;
    static final int MAX_WAITING = 64;
    static final int IDLE_SECONDS = 10;

    private static final int LENGTH_BYTES = 2;
    private static final int LONGEST = 0xffff;

    private final EventLoops loops;
    private final EventLoop loop;
    private final DnsStats stats;
    private final Forwarder forwarder;
    private final RandomGenerator random;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final LiveNames names;

    private DnsServer(EventLoops loops, ResolverConfig upstream, LiveNames names, Stats stats, RandomGenerator random) {
        this.names = names;
        this.loops = loops;
        this.loop = loops.at(0);
        this.stats = DnsStats.of(stats);
        this.random = random;
        this.forwarder = new Forwarder(loops, loop, upstream, this.stats, random);
    }

    /// Serves on the same port over UDP and TCP.
    ///
    /// @throws IOException where a port is in use
    public static DnsServer start(EventLoops loops, DnsSettings settings, LiveNames names, Stats stats)
            throws IOException {
        DnsServer server = new DnsServer(loops, settings.upstream(), names, stats, new SecureRandom());
        try {
            for (InetSocketAddress address : settings.addresses()) {
                server.listen(address);
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /// Where it serves.
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                System.getLogger(DnsServer.class.getName())
                        .log(System.Logger.Level.WARNING, "name server: {0}", e.toString());
            }
        }
    }

    private void listen(InetSocketAddress address) throws IOException {
        Listener listener = Listener.bind(
                loops,
                address,
                ListenOptions.DEFAULT.withMaxConnections(MAX_CONNECTIONS),
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline()
                                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                                .addLast(new LengthFieldBasedFrameDecoder(
                                        LONGEST + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                                .addLast(new Streams());
                    }
                });
        open.add(listener);
        InetSocketAddress bound = (InetSocketAddress) listener.address();
        var datagrams = new Bootstrap()
                .group(loop)
                .channel(loops.isEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DnsQuery.MAX_DATAGRAM))
                .handler(new Datagrams())
                .bind(bound)
                .awaitUninterruptibly();
        if (!datagrams.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + bound + " (UDP): " + datagrams.cause().getMessage(), datagrams.cause());
        }
        open.add(() -> datagrams.channel().close().awaitUninterruptibly());
        addresses.add(bound);
    }

    /// Answers a question, now or later.
    ///
    /// @param reply takes the answer, on this loop; null for none
    private void answer(Channel channel, ByteBuf message, boolean tcp, Consumer<@Nullable ByteBuf> reply) {
        switch (DnsQuery.parse(message)) {
            case DnsInput.Noise _ -> reply.accept(null);
            case DnsInput.Refused refused -> reply.accept(DnsMessages.refusal(channel.alloc(), refused));
            case DnsQuery query -> {
                stats.requests().increment();
                DnsMessages.Limit limit = tcp ? DnsMessages.Limit.TCP : new DnsMessages.Limit(query.replyBytes());
                NameTable.Match match =
                        query.name().isEmpty() ? null : names.table().find(query.name());
                if (match != null && query.asksAddress()) {
                    reply.accept(DnsMessages.known(
                            channel.alloc(), message, query, match, limit, random.nextInt(1 << Byte.SIZE)));
                } else {
                    forward(channel, message, query, tcp, limit, match != null, reply);
                }
            }
        }
    }

    private void forward(
            Channel channel,
            ByteBuf message,
            DnsQuery query,
            boolean tcp,
            DnsMessages.Limit limit,
            boolean known,
            Consumer<@Nullable ByteBuf> reply) {
        byte[] question = DnsMessages.question(message, query);
        Runnable ask = () -> forwarder.ask(question, query.questionBytes(), tcp, found -> {
            boolean hidden = known && found != null && (found[3] & 0xf) != 0;
            ByteBuf out = found == null || hidden
                    ? DnsMessages.empty(
                            channel.alloc(),
                            Unpooled.wrappedBuffer(question),
                            query,
                            known ? 0 : DnsQuery.SERVER_FAILURE)
                    : Unpooled.wrappedBuffer(DnsMessages.forwarded(found, query, limit));
            channel.eventLoop().execute(() -> reply.accept(out));
        });
        if (loop.inEventLoop()) {
            ask.run();
        } else {
            loop.execute(ask);
        }
    }

    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            InetSocketAddress client = packet.sender();
            answer(context.channel(), packet.content(), false, reply -> {
                if (reply != null) {
                    context.writeAndFlush(new DatagramPacket(reply, client), context.voidPromise());
                }
            });
        }

        /// A client that is gone makes later reads fail; others must not suffer from that.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.getLogger(DnsServer.class.getName())
                    .log(System.Logger.Level.DEBUG, "name server: {0}", cause.toString());
        }
    }

    /// One connection, whose answers may overtake one another.
    private final class Streams extends SimpleChannelInboundHandler<ByteBuf> {
        private int waiting;
        private boolean ended;

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            if (++waiting >= MAX_WAITING) {
                context.channel().config().setAutoRead(false);
            }
            answer(context.channel(), message, true, reply -> {
                waiting--;
                if (reply == null) {
                    context.close();
                    return;
                }
                ByteBuf length = context.alloc().buffer(LENGTH_BYTES).writeShort(reply.readableBytes());
                context.write(length, context.voidPromise());
                context.writeAndFlush(reply, context.voidPromise());
                if (ended && waiting == 0) {
                    context.close();
                }
                context.channel().config().setAutoRead(waiting < MAX_WAITING);
            });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            // The client has said that it asks no more: what it waits for is still sent.
            ended |= event instanceof ChannelInputShutdownEvent;
            if (ended && waiting == 0) {
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
