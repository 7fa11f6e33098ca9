package dev.lateen.net.grpc;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Starts gRPC calls on an HTTP/2 connection that the caller holds.
///
/// Thread: event loop of the connection's channel.
public final class GrpcClient {
    private static final long MAX_TIMEOUT_MILLIS = 99_999_999L;

    private GrpcClient() {}

    /// Starts a call with any number of messages both ways. Call only when `connection.availableStreams() > 0`.
    public static GrpcCall start(ClientConnection connection, GrpcRequest request, GrpcListener listener) {
        GrpcCall call = new GrpcCall(listener, request.maxMessageBytes());
        Headers headers = new Headers();
        headers.add("te", "trailers");
        headers.add("content-type", "application/grpc");
        headers.add("user-agent", "lateen");
        headers.add("grpc-accept-encoding", "identity");
        Future<?> timer = null;
        if (request.deadline().isPositive()) {
            long millis =
                    Math.min(MAX_TIMEOUT_MILLIS, Math.max(1, request.deadline().toMillis()));
            headers.add("grpc-timeout", millis + "m");
            timer = connection.channel().eventLoop().schedule(call::deadlineExceeded, millis, TimeUnit.MILLISECONDS);
        }
        headers.addAll(request.metadata());
        RequestHead head = new RequestHead(
                HttpVersion.HTTP_2, "POST", request.scheme(), request.authority(), request.path(), headers);
        ClientStream stream = connection.open(head, false, call);
        call.started(stream, timer);
        return call;
    }

    /// Starts a call with one message each way.
    public static GrpcCall unary(
            ClientConnection connection, GrpcRequest request, byte[] message, GrpcUnaryListener listener) {
        GrpcCall call = start(connection, request, new OneMessage(listener));
        call.send(message);
        call.halfClose();
        return call;
    }

    private static final class OneMessage implements GrpcListener {
        private final GrpcUnaryListener listener;
        private byte @Nullable [] only;
        private boolean several;

        OneMessage(GrpcUnaryListener listener) {
            this.listener = listener;
        }

        @Override
        public void onMessage(byte[] message) {
            several |= only != null;
            only = message;
        }

        @Override
        public void onClosed(GrpcStatus status, Headers trailers) {
            byte[] response = only;
            if (!status.isOk()) {
                listener.onFailure(status);
            } else if (response == null || several) {
                listener.onFailure(new GrpcStatus(GrpcCode.INTERNAL, "expected one message in the response"));
            } else {
                listener.onResponse(response);
            }
        }
    }
}
