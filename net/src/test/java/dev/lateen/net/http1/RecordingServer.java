package dev.lateen.net.http1;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpConnection;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server codec in an embedded channel, with a handler that writes down what it is told.
final class RecordingServer {
    final List<Exchange> exchanges = new ArrayList<>();
    final List<String> rejections = new ArrayList<>();
    final EmbeddedChannel channel;
    boolean closed;

    @Nullable
    HttpConnection connection;

    static final class Exchange implements StreamListener {
        final ServerStream stream;
        final RequestHead head;
        final StringBuilder body = new StringBuilder();
        final StringBuilder events = new StringBuilder();
        boolean ended;

        Exchange(ServerStream stream, RequestHead head, boolean end) {
            this.stream = stream;
            this.head = head;
            this.ended = end;
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            body.append(data.toString(StandardCharsets.ISO_8859_1));
            data.release();
            ended |= end;
        }

        @Override
        public void onTrailers(Headers trailers) {
            ended = true;
            events.append("trailers[")
                    .append(trailers.toString().replace('\n', ';'))
                    .append("]");
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            events.append("reset ").append(reason).append(' ').append(details);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            events.append(writable ? "+" : "-");
        }

        void respond(int status, String text) {
            stream.sendHead(new ResponseHead(status, new Headers()), text.isEmpty());
            if (!text.isEmpty()) {
                stream.sendData(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), true);
            }
        }
    }

    RecordingServer(HttpLimits limits, Consumer<Exchange> onRequest) {
        this(limits, onRequest, false);
    }

    private RecordingServer(HttpLimits limits, Consumer<Exchange> onRequest, boolean besideHttp2) {
        channel = new EmbeddedChannel(new Http1ServerConnection(
                limits,
                connection -> {
                    this.connection = connection;
                    return new ServerHandler() {
                        @Override
                        public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
                            Exchange exchange = new Exchange(stream, head, end);
                            exchanges.add(exchange);
                            onRequest.accept(exchange);
                            return exchange;
                        }

                        @Override
                        public void onRejected(int status, String details) {
                            rejections.add(status + " " + details);
                        }

                        @Override
                        public void onClosed() {
                            closed = true;
                        }
                    };
                },
                besideHttp2));
    }

    static RecordingServer besideHttp2() {
        return new RecordingServer(HttpLimits.DEFAULT, _ -> {}, true);
    }

    static RecordingServer silent() {
        return new RecordingServer(HttpLimits.DEFAULT, _ -> {});
    }

    RecordingServer receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        channel.runPendingTasks();
        return this;
    }

    /// All that was written since the last call.
    String sent() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        ByteBuf buffer = channel.readOutbound();
        while (buffer != null) {
            text.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
            buffer = channel.readOutbound();
        }
        return text.toString();
    }

    Exchange last() {
        return exchanges.getLast();
    }
}
