package dev.lateen.net.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// A relay between real sockets; both ends of the test are blocking ones.
class TcpRelayIT {
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private ServerSocket upstream;
    private Listener listener;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.create("relay", 2);
        upstream = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        listener.close();
        loops.close();
    }

    @RepeatedTest(20)
    void passesHalfCloseOnAndDeliversWhatComesAfterIt() throws Exception {
        listen(Duration.ZERO);
        try (Socket client = connect();
                Socket server = upstream.accept()) {
            client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(text(server.getInputStream())).isEqualTo("question");

            server.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            server.shutdownOutput();

            assertThat(text(client.getInputStream())).isEqualTo("answer");
            assertThat(end()).isEqualTo("FINISHED 8 6");
        }
    }

    @Test
    void stopsReadingWhereNobodyTakesTheBytes() throws Exception {
        listen(Duration.ZERO);
        try (Socket client = connect();
                Socket server = upstream.accept()) {
            byte[] block = new byte[64 * 1024];
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int index = 0; index < 1600; index++) {
                        client.getOutputStream().write(block);
                    }
                    client.shutdownOutput();
                } catch (java.io.IOException e) {
                    ends.add("writer failed: " + e.getMessage());
                }
            });
            // Kernel buffers of three sockets and the watermark together hold far less than the 100 MiB on their way.
            assertThat(writer.join(Duration.ofMillis(300))).isFalse();

            long received = 0;
            InputStream in = server.getInputStream();
            int read = in.read(block);
            while (read >= 0) {
                received += read;
                read = in.read(block);
            }
            assertThat(received).isEqualTo(1600L * 64 * 1024);
        }
    }

    @Test
    void deliversALargeAnswerToASlowReaderThatHasHalfClosed() throws Exception {
        listen(Duration.ZERO);
        try (Socket client = connect();
                Socket server = upstream.accept()) {
            client.shutdownOutput();
            assertThat(server.getInputStream().read()).isEqualTo(-1);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    server.getOutputStream().write(new byte[50_000_000]);
                    server.shutdownOutput();
                } catch (java.io.IOException e) {
                    ends.add("writer failed: " + e.getMessage());
                }
            });
            assertThat(writer.join(Duration.ofMillis(200))).isFalse();

            assertThat(client.getInputStream().readAllBytes()).hasSize(50_000_000);
            assertThat(end()).isEqualTo("FINISHED 0 50000000");
        }
    }

    @Test
    void closesBothWhenNothingMoves() throws Exception {
        listen(Duration.ofMillis(30));
        try (Socket client = connect();
                Socket server = upstream.accept()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(server.getInputStream().read()).isEqualTo(-1);
            assertThat(end()).isEqualTo("IDLE_TIMEOUT 0 0");
        }
    }

    @Test
    void closesTheOtherEndWhenOneBreaks() throws Exception {
        listen(Duration.ZERO);
        try (Socket client = connect()) {
            reset(upstream.accept());

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(end()).isEqualTo("UPSTREAM_CLOSED 0 0");
        }
    }

    private static void reset(Socket socket) throws Exception {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private Socket connect() throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), listener.port());
    }

    private void listen(Duration idleTimeout) throws Exception {
        Connector connector = new Connector(loops);
        listener = Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel downstream) {
                        downstream.pipeline().addLast(new HeldInput());
                        connector
                                .connect(
                                        downstream.eventLoop(),
                                        upstream.getLocalSocketAddress(),
                                        ConnectOptions.DEFAULT,
                                        new ChannelInboundHandlerAdapter())
                                .addListener((ChannelFuture connected) -> TcpRelay.start(
                                        downstream,
                                        connected.channel(),
                                        idleTimeout,
                                        (relay, end) -> ends.add(end + " " + relay.bytesFromDownstream() + " "
                                                + relay.bytesFromUpstream())));
                    }
                });
    }

    private String end() throws InterruptedException {
        String end = ends.poll(10, TimeUnit.SECONDS);
        return end == null ? "nothing" : end;
    }

    private static String text(InputStream in) throws Exception {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
}
