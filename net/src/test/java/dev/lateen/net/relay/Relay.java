package dev.lateen.net.relay;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.ServerHandler;
import dev.lateen.net.http.ServerStream;
import dev.lateen.net.http.StreamListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Joins a server codec to a client codec, with back-pressure both ways and no decisions.
///
/// Thread: event loop.
record Relay(Upstreams upstreams) implements ServerHandler {
    @Override
    public StreamListener onRequest(ServerStream stream, RequestHead head, boolean end) {
        Request request = new Request(stream);
        upstreams.take(connection -> request.start(connection, head, end));
        return request;
    }

    @Override
    public void onRejected(int status, String details) {}

    @Override
    public void onClosed() {}

    private static final class Request implements StreamListener {
        private final ServerStream down;
        private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
        private @Nullable ClientStream up;
        private @Nullable Headers earlyTrailers;
        private boolean earlyEnd;
        private boolean gone;

        Request(ServerStream down) {
            this.down = down;
        }

        void start(@Nullable ClientConnection connection, RequestHead head, boolean end) {
            if (gone) {
                return;
            }
            if (connection == null) {
                down.sendHead(new ResponseHead(503, new Headers()), true);
                return;
            }
            ClientStream stream = connection.open(head, end, new Response(this));
            up = stream;
            ByteBuf data = early.poll();
            while (data != null) {
                stream.sendData(data, earlyEnd && early.isEmpty());
                data = early.poll();
            }
            if (earlyTrailers != null) {
                stream.sendTrailers(earlyTrailers);
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            ClientStream stream = up;
            if (stream == null) {
                early.add(data);
                earlyEnd = end;
                return;
            }
            stream.sendData(data, end);
            if (!stream.isWritable()) {
                down.pauseReading();
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            ClientStream stream = up;
            if (stream == null) {
                earlyTrailers = trailers;
            } else {
                stream.sendTrailers(trailers);
            }
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            gone = true;
            early.forEach(ByteBuf::release);
            early.clear();
            if (up != null) {
                up.reset(StreamReset.LOCAL_CANCEL);
            }
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            if (up != null && writable) {
                up.resumeReading();
            }
        }
    }

    private record Response(Request request) implements ResponseListener {
        @Override
        public void onInformational(ResponseHead head) {
            request.down.sendInformational(head);
        }

        @Override
        public void onHead(ResponseHead head, boolean end) {
            request.down.sendHead(head, end);
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            request.down.sendData(data, end);
            if (!request.down.isWritable() && request.up != null) {
                request.up.pauseReading();
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            request.down.sendTrailers(trailers);
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            if (!request.gone) {
                request.down.reset(StreamReset.LOCAL_CANCEL);
            }
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            if (writable) {
                request.down.resumeReading();
            }
        }
    }
}
