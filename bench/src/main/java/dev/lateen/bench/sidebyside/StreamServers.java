package dev.lateen.bench.sidebyside;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Servers for what nginx does not do: one swallows bodies and, once upgraded, sends back what comes; one sends back
/// each message of a gRPC stream.
final class StreamServers implements AutoCloseable {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final int port;
    private final Server grpc;

    private StreamServers() throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new Swallow());
                    }
                });
        port = ((InetSocketAddress) bootstrap
                        .bind("127.0.0.1", 0)
                        .syncUninterruptibly()
                        .channel()
                        .localAddress())
                .getPort();
        ServerServiceDefinition echo = ServerServiceDefinition.builder(MessageLoad.SERVICE)
                .addMethod(MessageLoad.METHOD, ServerCalls.asyncBidiStreamingCall(StreamServers::echo))
                .build();
        grpc = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(echo)
                .directExecutor()
                .build()
                .start();
    }

    static StreamServers start() throws IOException {
        return new StreamServers();
    }

    int port() {
        return port;
    }

    int grpcPort() {
        return grpc.getPort();
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> back) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                back.onNext(message);
            }

            @Override
            public void onError(Throwable cause) {
                // The client has gone.
            }

            @Override
            public void onCompleted() {
                back.onCompleted();
            }
        };
    }

    @Override
    public void close() {
        grpc.shutdownNow();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Swallow extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof HttpRequest request
                    && request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
                var switching =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
                switching.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
                switching.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
                context.writeAndFlush(switching).addListener((ChannelFutureListener) _ -> {
                    context.pipeline().addLast(new Echo());
                    context.pipeline().remove(HttpServerCodec.class);
                    context.pipeline().remove(this);
                });
            } else if (part instanceof LastHttpContent) {
                var ok =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
                ok.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
                context.writeAndFlush(ok);
            }
        }
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            context.writeAndFlush(bytes);
        }
    }
}
