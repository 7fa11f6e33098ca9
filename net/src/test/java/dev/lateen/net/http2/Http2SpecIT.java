package dev.lateen.net.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.net.socket.ListenOptions;
import dev.lateen.net.socket.Listener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Runs h2spec (`go install` of github.com/summerwind/h2spec) against the server end; skipped where it is not found on
/// PATH or in the variable H2SPEC.
class Http2SpecIT {
    @Test
    void passesEveryCase() throws Exception {
        Optional<File> h2spec = find();
        assumeTrue(h2spec.isPresent(), "h2spec is not installed: HTTP/2 conformance is not checked");
        try (EventLoops loops = EventLoops.create("h2spec", 1);
                Listener listener = listen(loops)) {
            Process process = new ProcessBuilder(
                            h2spec.orElseThrow().getPath(),
                            "-h",
                            "127.0.0.1",
                            "-p",
                            Integer.toString(listener.port()),
                            "-o",
                            "2",
                            "--strict")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).contains(" passed, ").contains(" 0 failed");
            assertThat(process.waitFor()).isZero();
        }
    }

    private static Optional<File> find() {
        List<File> candidates = new ArrayList<>();
        String named = System.getenv("H2SPEC");
        if (named != null) {
            candidates.add(new File(named));
        }
        for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
            candidates.add(new File(folder, "h2spec"));
        }
        candidates.add(new File(System.getProperty("user.home"), "go/bin/h2spec"));
        return candidates.stream().filter(File::canExecute).findFirst();
    }

    private static Listener listen(EventLoops loops) throws Exception {
        return Listener.bind(
                loops,
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
                ListenOptions.DEFAULT,
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new Http2ServerConnection(HttpLimits.DEFAULT, _ -> new Hello()).handler());
                    }
                });
    }

    private static final class Hello implements ServerHandler {
        @Override
        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
            if (end) {
                answer(stream);
            }
            return new StreamListener() {
                @Override
                public void onData(ByteBuf data, boolean end) {
                    data.release();
                    if (end) {
                        answer(stream);
                    }
                }

                @Override
                public void onTrailers(Headers trailers) {
                    answer(stream);
                }

                @Override
                public void onReset(StreamReset reason, String details) {}

                @Override
                public void onWritabilityChanged(boolean writable) {}
            };
        }

        private static void answer(ServerStream stream) {
            Headers headers = new Headers();
            headers.add("content-type", "text/plain");
            stream.sendHead(new ResponseHead(200, headers), false);
            stream.sendData(Unpooled.copiedBuffer("hello, h2spec", StandardCharsets.US_ASCII), true);
        }

        @Override
        public void onRejected(int status, String details) {}

        @Override
        public void onClosed() {}
    }
}
