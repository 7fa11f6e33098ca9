package dev.lateen.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One question on its way to name servers. Over UDP first, and over TCP where a reply did not fit.
///
/// A reply counts when it comes from the server that was asked, has the id and repeats the question. What does not is
/// left alone; many of those mean that somebody guesses, and end the attempt.
///
/// States: attempt → (datagram → stream)? → next attempt … → done. Thread: the forwarder's loop.
final class UpstreamQuery {
    private static final int MAX_STRAYS = 16;
    private static final int LENGTH_BYTES = 2;
    private static final int LONGEST = 0xffff;

    private final Forwarder forwarder;
    private final byte[] message;
    private final int questionBytes;
    private final boolean tcp;
    private final Consumer<byte @Nullable []> done;
    private int attempts;
    private int strays;
    private int id;
    private @Nullable Channel channel;
    private @Nullable Future<?> timer;
    /// The best so far of those that are no answer, such as a refusal.
    private byte @Nullable [] poor;

    private boolean finished;

    UpstreamQuery(
            Forwarder forwarder, byte[] message, int questionBytes, boolean tcp, Consumer<byte @Nullable []> done) {
        this.forwarder = forwarder;
        this.message = message;
        this.questionBytes = questionBytes;
        this.tcp = tcp;
        this.done = done;
    }

    /// Asks the next server, if there is one left.
    void next() {
        abandon();
        List<InetSocketAddress> servers = forwarder.config().servers();
        if (attempts >= servers.size() * forwarder.config().rounds()) {
            finish(poor);
            return;
        }
        InetSocketAddress server = servers.get(attempts++ % servers.size());
        if (tcp) {
            stream(server, this::failed);
        } else {
            datagram(server);
        }
    }

    private void failed() {
        forwarder.stats().upstreamFailures().increment();
        next();
    }

    private void datagram(InetSocketAddress server) {
        begin();
        Runnable failure = this::failed;
        watch(
                forwarder
                        .datagrams()
                        .handler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel opened) {
                                opened.pipeline().addLast(new Replies<>(DatagramPacket.class, failure) {
                                    @Override
                                    ByteBuf content(DatagramPacket packet) {
                                        return packet.content();
                                    }

                                    @Override
                                    void taken(byte[] reply) {
                                        onDatagram(reply, server);
                                    }
                                });
                            }
                        })
                        .connect(server),
                Unpooled.wrappedBuffer(message.clone()),
                failure);
    }

    private void onDatagram(byte[] reply, InetSocketAddress server) {
        boolean cut = (reply[2] & DnsMessages.TRUNCATED >> Byte.SIZE) != 0 || reply.length > DnsQuery.MAX_DATAGRAM;
        if (!cut) {
            judge(reply);
            return;
        }
        // A client that is told so asks again over TCP itself; a server that takes none is no reason to say nothing.
        byte[] marked = reply.clone();
        marked[2] |= (byte) (DnsMessages.TRUNCATED >> Byte.SIZE);
        abandon();
        stream(server, () -> {
            forwarder.stats().upstreamFailures().increment();
            finish(marked);
        });
    }

    private void stream(InetSocketAddress server, Runnable failure) {
        begin();
        ByteBuf request = Unpooled.buffer(message.length + LENGTH_BYTES);
        request.writeShort(message.length).writeBytes(message);
        watch(
                forwarder
                        .streams()
                        .handler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel opened) {
                                opened.pipeline()
                                        .addLast(new LengthFieldBasedFrameDecoder(
                                                LONGEST + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                                        .addLast(new Replies<>(ByteBuf.class, failure) {
                                            @Override
                                            ByteBuf content(ByteBuf frame) {
                                                return frame;
                                            }

                                            @Override
                                            void taken(byte[] reply) {
                                                judge(reply);
                                            }
                                        });
                            }
                        })
                        .connect(server),
                request,
                failure);
    }

    private void begin() {
        strays = 0;
        id = forwarder.newId();
        message[0] = (byte) (id >> Byte.SIZE);
        message[1] = (byte) id;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes nothing, but the timer ends the attempt
    private void watch(ChannelFuture connecting, ByteBuf request, Runnable failure) {
        Channel mine = connecting.channel();
        channel = mine;
        timer = forwarder
                .loop()
                .schedule(
                        () -> {
                            if (isCurrent(mine)) {
                                failure.run();
                            }
                        },
                        forwarder.config().timeout().toMillis(),
                        TimeUnit.MILLISECONDS);
        connecting.addListener((ChannelFutureListener) future -> {
            if (future.isSuccess() && isCurrent(mine)) {
                mine.writeAndFlush(request);
                return;
            }
            request.release();
            if (isCurrent(mine)) {
                failure.run();
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // whether it is this very channel that we wait for
    private boolean isCurrent(Channel one) {
        return channel == one && !finished;
    }

    private void judge(byte[] reply) {
        int code = reply[3] & 0xf;
        if (code == 0 || code == DnsQuery.NO_SUCH_NAME) {
            finish(reply);
            return;
        }
        poor = reply;
        failed();
    }

    private void finish(byte @Nullable [] reply) {
        abandon();
        if (!finished) {
            finished = true;
            done.accept(reply);
        }
    }

    private void abandon() {
        Future<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
        Channel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /// Whether this is the reply to what was asked last.
    private boolean answers(ByteBuf reply) {
        int start = reply.readerIndex();
        if (reply.readableBytes() < DnsQuery.HEADER_BYTES + questionBytes
                || reply.getUnsignedShort(start) != id
                || (reply.getByte(start + 2) & 0xf8) != 0x80
                || reply.getUnsignedShort(start + 4) != 1) {
            return false;
        }
        for (int i = DnsQuery.HEADER_BYTES; i < DnsQuery.HEADER_BYTES + questionBytes; i++) {
            if (lower(reply.getByte(start + i)) != lower(message[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /// What comes on the socket of an attempt. An attempt whose time is over has no part any more.
    private abstract class Replies<T> extends SimpleChannelInboundHandler<T> {
        private final Runnable failure;

        Replies(Class<T> type, Runnable failure) {
            super(type);
            this.failure = failure;
        }

        abstract ByteBuf content(T received);

        abstract void taken(byte[] reply);

        @Override
        protected void channelRead0(ChannelHandlerContext context, T received) {
            if (!isCurrent(context.channel())) {
                return;
            }
            ByteBuf content = content(received);
            if (answers(content)) {
                byte[] reply = new byte[content.readableBytes()];
                content.getBytes(content.readerIndex(), reply);
                taken(reply);
            } else if (++strays >= MAX_STRAYS) {
                failure.run();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (isCurrent(context.channel())) {
                failure.run();
            }
        }

        /// Such as that nobody listens there, which is known at once.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (isCurrent(context.channel())) {
                failure.run();
            }
        }
    }
}
