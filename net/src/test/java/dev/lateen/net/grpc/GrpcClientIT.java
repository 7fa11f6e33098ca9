package dev.lateen.net.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.http2.Http2ServerConnection;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls over a real socket, answered by our own HTTP/2 server end.
class GrpcClientIT {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private Listener server;
    private Http2ClientConnection client;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.create("grpc-test", 1);
        server = Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Http2ServerConnection(HttpLimits.DEFAULT, Echo::new).handler());
                    }
                });
        client = new Http2ClientConnection(HttpLimits.DEFAULT);
        new Connector(loops)
                .connect(loops.at(0), server.address(), ConnectOptions.DEFAULT, client.handler())
                .sync();
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    @Test
    void getsTheAnswerOfAUnaryCall() throws Exception {
        unary("/echo/Once", "hello", Duration.ZERO);

        assertThat(next()).isEqualTo("response hello");
    }

    @Test
    void reportsTheStatusInTrailersWithItsMessageDecoded() throws Exception {
        unary("/echo/Fail", "x", Duration.ZERO);

        assertThat(next()).isEqualTo("failure NOT_FOUND: no such thing: é");
    }

    @Test
    void failsWhenTheDeadlinePasses() throws Exception {
        unary("/echo/Never", "x", Duration.ofMillis(20));

        assertThat(next()).startsWith("failure DEADLINE_EXCEEDED");
    }

    @Test
    void failsWhenTheConnectionCloses() throws Exception {
        unary("/echo/Never", "x", Duration.ZERO);
        loops.at(0).execute(client::close);

        assertThat(next()).startsWith("failure UNAVAILABLE");
    }

    @Test
    void exchangesManyMessagesBothWays() throws Exception {
        String large = "m".repeat(300_000);
        loops.at(0).execute(() -> {
            GrpcCall call = GrpcClient.start(client, GrpcRequest.of("http", "echo", "/echo/Many"), new GrpcListener() {
                @Override
                public void onMessage(byte[] message) {
                    heard.add("message " + new String(message, StandardCharsets.UTF_8));
                }

                @Override
                public void onClosed(GrpcStatus status, Headers trailers) {
                    heard.add("closed " + status);
                }
            });
            call.send("one".getBytes(StandardCharsets.UTF_8));
            call.send(large.getBytes(StandardCharsets.UTF_8));
            call.send("three".getBytes(StandardCharsets.UTF_8));
            call.halfClose();
        });

        assertThat(next()).isEqualTo("message one");
        assertThat(next()).isEqualTo("message " + large);
        assertThat(next()).isEqualTo("message three");
        assertThat(next()).isEqualTo("closed OK");
    }

    private void unary(String path, String message, Duration deadline) {
        GrpcRequest request = GrpcRequest.of("http", "echo", path).withDeadline(deadline);
        loops.at(0)
                .execute(() -> GrpcClient.unary(
                        client, request, message.getBytes(StandardCharsets.UTF_8), new GrpcUnaryListener() {
                            @Override
                            public void onResponse(byte[] response) {
                                heard.add("response " + new String(response, StandardCharsets.UTF_8));
                            }

                            @Override
                            public void onFailure(GrpcStatus status) {
                                heard.add("failure " + status);
                            }
                        }));
    }

    private String next() throws InterruptedException {
        String event = heard.poll(10, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    /// Sends back what it gets; the path chooses how it ends.
    private static final class Echo implements ServerHandler {
        Echo(HttpConnection connection) {
            assertThat(connection.tls()).isNull();
        }

        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            Headers headers = new Headers();
            headers.add("content-type", "application/grpc");
            stream.sendHead(new ResponseHead(200, headers), false);
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean end) {
                    if (head.path().equals("/echo/Never") || head.path().equals("/echo/Fail")) {
                        data.release();
                    } else {
                        stream.sendData(data, false);
                    }
                    if (end && !head.path().equals("/echo/Never")) {
                        finish();
                    }
                }

                private void finish() {
                    Headers trailers = new Headers();
                    if (head.path().equals("/echo/Fail")) {
                        trailers.add("grpc-status", "5");
                        trailers.add("grpc-message", "no such thing: %C3%A9");
                    } else {
                        trailers.add("grpc-status", "0");
                    }
                    stream.sendTrailers(trailers);
                }

                @Override
                public void onTrailers(Headers trailers) {}

                @Override
                public void onReset(StreamReset reason, String details) {}

                @Override
                public void onWritabilityChanged(boolean writable) {}
            };
        }

        @Override
        public void onRejected(int status, String details) {}

        @Override
        public void onClosed() {}
    }
}
