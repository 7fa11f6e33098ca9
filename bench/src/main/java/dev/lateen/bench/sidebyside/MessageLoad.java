package dev.lateen.bench.sidebyside;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Small messages that go back and forth on streams which stay open: each is sent when the one before has come back.
final class MessageLoad {
    static final String SERVICE = "bench.Echo";
    static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(SERVICE + "/Stream")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private static final int MESSAGE = 128;
    private static final int STREAMS = 64;
    private static final int GRPC_CONNECTIONS = 8;
    private static final int END_SECONDS = 30;

    private final long end;
    private final CountDownLatch running = new CountDownLatch(STREAMS);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private MessageLoad(Duration time) {
        this.end = System.nanoTime() + time.toNanos();
    }

    static Load.Result webSocket(int port, Duration time) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        MessageLoad load = new MessageLoad(time);
        try {
            Bootstrap bootstrap = new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true);
            for (int stream = 0; stream < STREAMS; stream++) {
                bootstrap.clone().handler(load.new Upgraded()).connect("127.0.0.1", port);
            }
            return load.result(time);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    static Load.Result grpc(int port, Duration time) {
        List<ManagedChannel> channels = new ArrayList<>();
        MessageLoad load = new MessageLoad(time);
        try {
            for (int index = 0; index < GRPC_CONNECTIONS; index++) {
                channels.add(NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .build());
            }
            for (int stream = 0; stream < STREAMS; stream++) {
                load.new Stream().start(channels.get(stream % GRPC_CONNECTIONS));
            }
            return load.result(time);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private Load.Result result(Duration time) {
        try {
            if (!running.await(time.toSeconds() + END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(running.getCount() + " streams did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Load.Result(
                answered.get(), failed.get(), answered.get() / (time.toNanos() / 1e9), Double.NaN, Double.NaN);
    }

    /// What comes after the answer to an upgrade; what a frame would say does not matter to a proxy.
    private final class Upgraded extends SimpleChannelInboundHandler<ByteBuf> {
        private static final String REQUEST = String.join(
                "\r\n",
                "GET /ws HTTP/1.1",
                "host: bench",
                "connection: upgrade",
                "upgrade: websocket",
                "sec-websocket-version: 13",
                "sec-websocket-key: AQIDBAUGBwgJCgsMDQ4PEA==",
                "",
                "");

        private final ByteBuf message =
                Unpooled.unreleasableBuffer(Unpooled.buffer(MESSAGE).writeZero(MESSAGE));
        private final StringBuilder head = new StringBuilder();
        private boolean switched;
        private int missing;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.copiedBuffer(REQUEST, StandardCharsets.US_ASCII));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            if (switched) {
                missing -= bytes.readableBytes();
                if (missing == 0) {
                    answered.incrementAndGet();
                    next(context);
                }
                return;
            }
            head.append(bytes.toString(StandardCharsets.US_ASCII));
            if (head.indexOf("\r\n\r\n") >= 0) {
                if (!head.toString().startsWith("HTTP/1.1 101 ")) {
                    throw new IllegalStateException("not upgraded: " + head);
                }
                switched = true;
                next(context);
            }
        }

        private void next(ChannelHandlerContext context) {
            if (System.nanoTime() >= end) {
                running.countDown();
                context.close();
                return;
            }
            missing = MESSAGE;
            context.writeAndFlush(message.duplicate());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed.incrementAndGet();
            running.countDown();
            context.close();
        }
    }

    private final class Stream implements StreamObserver<byte[]> {
        private Supplier<StreamObserver<byte[]>> requests = () -> {
            throw new IllegalStateException("not started");
        };

        void start(ManagedChannel channel) {
            StreamObserver<byte[]> made =
                    ClientCalls.asyncBidiStreamingCall(channel.newCall(METHOD, CallOptions.DEFAULT), this);
            requests = () -> made;
            made.onNext(new byte[MESSAGE]);
        }

        @Override
        public void onNext(byte[] message) {
            answered.incrementAndGet();
            if (System.nanoTime() >= end) {
                requests.get().onCompleted();
            } else {
                requests.get().onNext(message);
            }
        }

        @Override
        public void onError(Throwable cause) {
            failed.incrementAndGet();
            running.countDown();
        }

        @Override
        public void onCompleted() {
            running.countDown();
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
