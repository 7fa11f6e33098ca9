package dev.lateen.net.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerHandlerFactory;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The codecs of both versions against each other over real sockets, with a relay between client and origin.
class RelayIT {
    private static final int BODY = 3_000_000;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private EventLoops loops;

    @BeforeEach
    void start() {
        loops = EventLoops.create("relay", 1);
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
    void relaysALargeBodyAndTrailersBothWays(HttpVersion downstream, HttpVersion upstream) throws Exception {
        try (Listener origin = listen(upstream, _ -> new EchoOrigin());
                Listener relay = listen(downstream, _ -> new Relay(new Upstreams(loops, origin.address(), upstream)))) {
            ClientConnection client = connect(downstream, relay);
            loops.at(0).execute(() -> {
                Collector collector = new Collector();
                collector.send(client.open(request("POST"), false, collector), BODY);
            });

            assertThat(next()).isEqualTo("200 " + BODY + " trailer t");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
    void aPausedReaderHoldsItsSenderBack(HttpVersion version) throws Exception {
        AtomicLong written = new AtomicLong();
        CompletableFuture<ClientStream> opened = new CompletableFuture<>();
        AtomicLong received = new AtomicLong();
        try (Listener origin = listen(version, _ -> new EndlessOrigin(written))) {
            ClientConnection client = connect(version, origin);
            loops.at(0).execute(() -> {
                ClientStream stream = client.open(request("GET"), true, new Counter(received));
                stream.pauseReading();
                opened.complete(stream);
            });
            ClientStream stream = opened.get(20, TimeUnit.SECONDS);
            long before = -1;
            while (before != written.get() || before == 0) {
                before = written.get();
                // Let the loop turn until nothing moves any more.
                for (int turn = 0; turn < 200; turn++) {
                    loops.at(0).submit(() -> {}).sync();
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }

            assertThat(received.get()).isLessThanOrEqualTo(HttpLimits.DEFAULT.initialStreamWindowBytes());
            assertThat(written.get()).isBetween(1L, 16L * 1024 * 1024);

            loops.at(0).execute(stream::resumeReading);
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (written.get() <= before && System.nanoTime() < limit) {
                loops.at(0).submit(() -> {}).sync();
            }
            assertThat(written.get()).isGreaterThan(before);
            loops.at(0).execute(client::close);
        }
    }

    @Test
    void closesAConnectionThatResetsStreamsInMasses() throws Exception {
        try (Listener origin = listen(HttpVersion.HTTP_2, _ -> new EchoOrigin())) {
            ClientConnection client = connect(HttpVersion.HTTP_2, origin);
            loops.at(0).execute(() -> resetMany(client));

            assertThat(next()).startsWith("closed");
        }
    }

    private void resetMany(ClientConnection client) {
        client.listener(new ClientConnection.Listener() {
            @Override
            public void onStreamAvailable(ClientConnection connection) {}

            @Override
            public void onDraining(ClientConnection connection) {}

            @Override
            public void onClosed(ClientConnection connection, String details) {
                heard.add("closed " + details);
            }
        });
        for (int count = 0; count < 1000 && client.availableStreams() > 0; count++) {
            client.open(request("POST"), false, new Counter(new AtomicLong())).reset(StreamReset.LOCAL_CANCEL);
        }
    }

    @Test
    void drainsAConnectionWithoutLosingTheOpenStream() throws Exception {
        CompletableFuture<ServerStream> arrived = new CompletableFuture<>();
        try (Listener origin = listen(HttpVersion.HTTP_2, connection -> {
            heard.add("connected");
            return new DrainingOrigin(arrived);
        })) {
            ClientConnection client = connect(HttpVersion.HTTP_2, origin);
            loops.at(0).execute(() -> {
                client.listener(new ClientConnection.Listener() {
                    @Override
                    public void onStreamAvailable(ClientConnection connection) {}

                    @Override
                    public void onDraining(ClientConnection connection) {
                        heard.add("draining " + connection.availableStreams());
                    }

                    @Override
                    public void onClosed(ClientConnection connection, String details) {
                        heard.add("closed");
                    }
                });
                client.open(request("GET"), true, new Collector());
            });
            assertThat(next()).isEqualTo("connected");
            ServerStream stream = arrived.get(20, TimeUnit.SECONDS);
            loops.at(0).execute(() -> stream.connection().drain());
            assertThat(next()).isEqualTo("draining 0");

            loops.at(0).execute(() -> stream.sendHead(new ResponseHead(204, new Headers()), true));

            assertThat(next()).isEqualTo("204 0 trailer null");
            assertThat(next()).isEqualTo("closed");
        }
    }

    private Listener listen(HttpVersion version, ServerHandlerFactory handlers) throws Exception {
        return Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        assertThat(HttpCodecs.server(channel.pipeline(), version, HttpLimits.DEFAULT, handlers))
                                .isNotNull();
                    }
                });
    }

    private ClientConnection connect(HttpVersion version, Listener to) throws Exception {
        CompletableFuture<ClientConnection> ready = new CompletableFuture<>();
        // On the loop, so that the codec is there before the server's first bytes are read.
        loops.at(0)
                .execute(() -> new Connector(loops)
                        .connect(loops.at(0), to.address(), ConnectOptions.DEFAULT, new ChannelInboundHandlerAdapter())
                        .addListener((ChannelFuture connected) -> ready.complete(
                                HttpCodecs.client(connected.channel().pipeline(), version, HttpLimits.DEFAULT))));
        return ready.get(20, TimeUnit.SECONDS);
    }

    private static RequestHead request(String method) {
        return new RequestHead(HttpVersion.HTTP_1_1, method, "http", "origin", "/", new Headers());
    }

    private String next() throws InterruptedException {
        String event = heard.poll(20, TimeUnit.SECONDS);
        return event == null ? "nothing" : event;
    }

    /// Sends a body of a given size as fast as it may, and counts the answer.
    private final class Collector implements ResponseListener {
        private ClientStream stream;
        private int unsent;
        private int status;
        private long received;

        void send(ClientStream opened, int bytes) {
            stream = opened;
            unsent = bytes;
            pump();
        }

        private void pump() {
            while (stream != null && unsent > 0 && stream.isWritable()) {
                int size = Math.min(unsent, 10_000);
                unsent -= size;
                stream.sendData(Unpooled.wrappedBuffer(new byte[size]), false);
                if (unsent == 0) {
                    Headers trailers = new Headers();
                    trailers.add("x-end", "t");
                    stream.sendTrailers(trailers);
                }
            }
        }

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head, boolean end) {
            status = head.status();
            if (end) {
                heard.add(status + " " + received + " trailer null");
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            received += data.readableBytes();
            data.release();
            if (end) {
                heard.add(status + " " + received + " trailer null");
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            heard.add(status + " " + received + " trailer " + trailers.get("x-end"));
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            heard.add("reset " + reason + " " + details);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            pump();
        }
    }

    private record Counter(AtomicLong received) implements ResponseListener {
        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head, boolean end) {}

        @Override
        public void onData(ByteBuf data, boolean end) {
            received.addAndGet(data.readableBytes());
            data.release();
        }

        @Override
        public void onTrailers(Headers trailers) {}

        @Override
        public void onReset(StreamReset reason, String details) {}

        @Override
        public void onWritabilityChanged(boolean writable) {}
    }

    /// Sends everything back, slowly where the client is slow.
    private static final class EchoOrigin implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            stream.sendHead(new ResponseHead(200, new Headers()), end);
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean last) {
                    stream.sendData(data, last);
                    if (!stream.isWritable()) {
                        stream.pauseReading();
                    }
                }

                @Override
                public void onTrailers(Headers trailers) {
                    stream.sendTrailers(trailers);
                }

                @Override
                public void onReset(StreamReset reason, String details) {}

                @Override
                public void onWritabilityChanged(boolean writable) {
                    if (writable) {
                        stream.resumeReading();
                    }
                }
            };
        }

        @Override
        public void onRejected(int status, String details) {}

        @Override
        public void onClosed() {}
    }

    /// Writes without end whenever it may.
    private record EndlessOrigin(AtomicLong written) implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            stream.sendHead(new ResponseHead(200, new Headers()), false);
            pump(stream);
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean last) {
                    data.release();
                }

                @Override
                public void onTrailers(Headers trailers) {}

                @Override
                public void onReset(StreamReset reason, String details) {}

                @Override
                public void onWritabilityChanged(boolean writable) {
                    if (writable) {
                        pump(stream);
                    }
                }
            };
        }

        private void pump(ServerStream stream) {
            int budget = 64;
            while (stream.isWritable() && budget-- > 0) {
                written.addAndGet(16_384);
                stream.sendData(Unpooled.wrappedBuffer(new byte[16_384]), false);
            }
            if (budget <= 0 && stream.connection().channel().isActive()) {
                stream.connection().channel().eventLoop().execute(() -> pump(stream));
            }
        }

        @Override
        public void onRejected(int status, String details) {}

        @Override
        public void onClosed() {}
    }

    private record DrainingOrigin(CompletableFuture<ServerStream> arrived) implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            arrived.complete(stream);
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean last) {
                    data.release();
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
