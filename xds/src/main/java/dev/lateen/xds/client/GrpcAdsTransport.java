package dev.lateen.xds.client;

import dev.lateen.net.grpc.GrpcCall;
import dev.lateen.net.grpc.GrpcClient;
import dev.lateen.net.grpc.GrpcListener;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.net.grpc.GrpcStatus;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.Headers;

/// The aggregated stream over an HTTP/2 connection of its own, which is closed with the stream.
///
/// Limits: messages of at most 64 MiB.
///
/// Thread: the client's loop, which must be the connection's event loop.
public final class GrpcAdsTransport implements AdsTransport {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final Connections connections;
    private final GrpcRequest request;

    /// @param request scheme, authority and metadata; its path is replaced
    public GrpcAdsTransport(Connections connections, GrpcRequest request) {
        this.connections = connections;
        this.request = request.withMaxMessageBytes(MAX_MESSAGE_BYTES);
    }

    /// Makes connections to the control plane, with the certificate that is current then.
    public interface Connections {
        void connect(Result result);
    }

    /// Exactly one of the two is called, on the connection's event loop.
    public interface Result {
        void onConnected(ClientConnection connection);

        void onFailed(String reason);
    }

    @Override
    public void open(String path, Events events) {
        connections.connect(new Result() {
            @Override
            public void onConnected(ClientConnection connection) {
                start(connection, path, events);
            }

            @Override
            public void onFailed(String reason) {
                events.onClosed(reason);
            }
        });
    }

    private void start(ClientConnection connection, String path, Events events) {
        if (connection.availableStreams() <= 0) {
            var _ = connection.channel().close();
            events.onClosed("the control plane takes no streams");
            return;
        }
        GrpcRequest call = new GrpcRequest(
                request.scheme(),
                request.authority(),
                path,
                request.metadata(),
                request.deadline(),
                request.maxMessageBytes());
        GrpcCall started = GrpcClient.start(connection, call, new GrpcListener() {
            @Override
            public void onMessage(byte[] message) {
                events.onMessage(message);
            }

            @Override
            public void onClosed(GrpcStatus status, Headers trailers) {
                var _ = connection.channel().close();
                events.onClosed(status.toString());
            }
        });
        events.onOpen(new CallStream(started));
    }

    private record CallStream(GrpcCall call) implements Stream {
        @Override
        public void send(byte[] message) {
            call.send(message);
        }

        @Override
        public void cancel() {
            call.cancel();
        }
    }
}
