package dev.lateen.net.grpc;

import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One running call.
///
/// Thread: event loop of the connection's channel.
public final class GrpcCall implements ResponseListener {
    private final GrpcListener listener;
    private final GrpcDeframer deframer;
    private @Nullable ClientStream stream;
    private @Nullable Future<?> deadline;
    private int httpStatus;
    private boolean grpcResponse;
    private boolean closed;

    GrpcCall(GrpcListener listener, int maxMessageBytes) {
        this.listener = listener;
        this.deframer = new GrpcDeframer(maxMessageBytes);
    }

    void started(ClientStream opened, @Nullable Future<?> deadlineTimer) {
        stream = opened;
        deadline = deadlineTimer;
        if (closed) {
            stopDeadline();
        }
    }

    /// Sends one message; ignored after the call has closed.
    public void send(byte[] message) {
        ClientStream open = stream;
        if (open == null || closed) {
            return;
        }
        ByteBuf frame = open.connection().channel().alloc().buffer(message.length + 5);
        frame.writeByte(0).writeInt(message.length).writeBytes(message);
        open.sendData(frame, false);
    }

    /// Says that no further message will be sent.
    public void halfClose() {
        ClientStream open = stream;
        if (open != null && !closed) {
            open.sendData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    /// Gives the call up; the listener hears `CANCELLED`.
    public void cancel() {
        fail(new GrpcStatus(GrpcCode.CANCELLED, "cancelled by the caller"));
    }

    /// Whether a message sent now would leave soon. Where it is false, wait for `GrpcListener.onReady`.
    public boolean isReady() {
        ClientStream open = stream;
        return open != null && !closed && open.isWritable();
    }

    /// Stops taking messages: the server is held back by flow control.
    public void pauseReading() {
        ClientStream open = stream;
        if (open != null) {
            open.pauseReading();
        }
    }

    public void resumeReading() {
        ClientStream open = stream;
        if (open != null) {
            open.resumeReading();
        }
    }

    void deadlineExceeded() {
        fail(new GrpcStatus(GrpcCode.DEADLINE_EXCEEDED, "the call took longer than its deadline"));
    }

    private void fail(GrpcStatus status) {
        if (closed) {
            return;
        }
        ClientStream open = stream;
        if (open != null) {
            open.reset(StreamReset.LOCAL_CANCEL);
        }
        close(status, new Headers());
    }

    private void close(GrpcStatus status, Headers trailers) {
        if (closed) {
            return;
        }
        closed = true;
        stopDeadline();
        listener.onClosed(status, trailers);
    }

    private void stopDeadline() {
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
            deadline = null;
        }
    }

    // ---- ResponseListener

    @Override
    public void onInformational(ResponseHead head) {}

    @Override
    public void onHead(ResponseHead head, boolean end) {
        httpStatus = head.status();
        Headers fields = head.headers();
        String type = fields.get("content-type");
        grpcResponse = httpStatus == 200 && type != null && type.startsWith("application/grpc");
        if (end) {
            close(GrpcStatus.of(fields, httpStatus), fields);
        } else if (grpcResponse) {
            listener.onHeaders(fields);
        } else {
            String said = GrpcStatus.of(fields, httpStatus).message();
            fail(new GrpcStatus(GrpcStatus.of(fields, httpStatus).code(), said + ", content-type " + type));
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        try {
            deliver(data);
        } finally {
            data.release();
        }
        if (end) {
            close(new GrpcStatus(GrpcCode.INTERNAL, "the response ended without trailers"), new Headers());
        }
    }

    private void deliver(ByteBuf data) {
        while (!closed) {
            byte[] message = deframer.next(data);
            if (message == null) {
                GrpcStatus error = deframer.error();
                if (error != null) {
                    fail(error);
                }
                return;
            }
            listener.onMessage(message);
        }
    }

    @Override
    public void onTrailers(Headers trailers) {
        GrpcStatus status = GrpcStatus.of(trailers, httpStatus);
        if (status.isOk() && deframer.isInMessage()) {
            status = new GrpcStatus(GrpcCode.INTERNAL, "the response ended within a message");
        }
        close(status, trailers);
    }

    @Override
    public void onReset(StreamReset reason, String details) {
        close(GrpcStatus.of(reason, details), new Headers());
    }

    @Override
    public void onWritabilityChanged(boolean writable) {
        if (writable && !closed) {
            listener.onReady();
        }
    }
}
