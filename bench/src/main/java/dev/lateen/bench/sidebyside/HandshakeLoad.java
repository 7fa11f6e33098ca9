package dev.lateen.bench.sidebyside;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

/// Connects over TLS 1.3 again and again, with one request each, from a few clients at once. Each client keeps its own
/// session, and whether a connection has resumed one is asked of the library.
final class HandshakeLoad {
    private static final int CLIENTS = 16;
    /// At least this share of connections must be what the scenario says.
    private static final double EXACTNESS = 0.98;

    private static final ByteBuf REQUEST = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("GET /api/users/1 HTTP/1.1\r\nhost: bench\r\n\r\n", StandardCharsets.US_ASCII));

    private final Bootstrap bootstrap;
    private final SslContext context;
    private final boolean resume;
    private final long end;
    private final CountDownLatch running = new CountDownLatch(CLIENTS);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong resumed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private HandshakeLoad(EventLoopGroup loops, SslContext context, boolean resume, int port, long end) {
        this.context = context;
        this.resume = resume;
        this.end = end;
        this.bootstrap =
                new Bootstrap().group(loops).channel(NioSocketChannel.class).remoteAddress("127.0.0.1", port);
    }

    static Load.Result closedLoop(Credentials credentials, boolean mutual, boolean resume, int port, Duration time) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        SslContext context = context(credentials, mutual);
        try {
            long start = System.nanoTime();
            HandshakeLoad load = new HandshakeLoad(loops, context, resume, port, start + time.toNanos());
            for (int client = 1; client <= CLIENTS; client++) {
                load.connect(client);
            }
            load.running.await();
            return load.result((System.nanoTime() - start) / 1e9);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS)
                    .syncUninterruptibly();
            ReferenceCountUtil.release(context);
        }
    }

    private static SslContext context(Credentials credentials, boolean mutual) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL_REFCNT)
                    .protocols("TLSv1.3")
                    .endpointIdentificationAlgorithm(null)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE);
            if (mutual) {
                builder.keyManager(
                        credentials.chain().toFile(), credentials.key().toFile());
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Load.Result result(double seconds) {
        // Each client's first connection has nothing to resume.
        double share = (double) resumed.get() / Math.max(1, answered.get() - (resume ? CLIENTS : 0));
        if (resume ? share < EXACTNESS : share > 1 - EXACTNESS) {
            throw new IllegalStateException(
                    "resumed " + resumed + " of " + answered + " connections, failed " + failed);
        }
        return new Load.Result(answered.get(), failed.get(), answered.get() / seconds, Double.NaN, Double.NaN);
    }

    private void connect(int client) {
        if (System.nanoTime() >= end) {
            running.countDown();
            return;
        }
        bootstrap
                .clone()
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        // The peer's name and port are what sessions are kept by.
                        SslHandler handler = resume
                                ? context.newHandler(channel.alloc(), "bench", client)
                                : context.newHandler(channel.alloc());
                        channel.pipeline().addLast(handler, new Exchange(handler));
                        channel.closeFuture().addListener(_ -> connect(client));
                    }
                })
                .connect();
    }

    /// One request on one connection.
    private final class Exchange extends SimpleChannelInboundHandler<ByteBuf> {
        private final SslHandler handler;
        private boolean done;

        Exchange(SslHandler handler) {
            this.handler = handler;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent completed && completed.isSuccess()) {
                context.writeAndFlush(REQUEST.duplicate());
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
            if (done || answer.readableBytes() < 12) {
                return;
            }
            done = true;
            if (answer.toString(0, 12, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
                answered.incrementAndGet();
                if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine
                        && SSL.isSessionReused(engine.sslPointer())) {
                    resumed.incrementAndGet();
                }
            } else {
                failed.incrementAndGet();
            }
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!done) {
                failed.incrementAndGet();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
