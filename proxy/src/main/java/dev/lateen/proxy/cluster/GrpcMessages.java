package dev.lateen.proxy.cluster;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The form of a gRPC call of one message each way, for a `ClusterCall`.
///
/// Source: gRPC over HTTP/2. Thread: any.
public final class GrpcMessages {
    private static final int FRAME = 5;

    private GrpcMessages() {}

    /// The head of a call. What is added to its headers goes along.
    ///
    /// @param path such as `/package.Service/Method`
    /// @param timeout zero: none
    /// @param metadata sent along, by lower-case name
    public static RequestHead head(String authority, String path, Duration timeout, Map<String, String> metadata) {
        Headers headers = new Headers(8);
        headers.add("te", "trailers");
        headers.add("content-type", "application/grpc");
        if (!timeout.isZero()) {
            headers.add("grpc-timeout", timeout.toMillis() + "m");
        }
        metadata.forEach(headers::set);
        return new RequestHead(HttpVersion.HTTP_2, "POST", "http", authority, path, headers);
    }

    /// A message, uncompressed, as one frame.
    public static byte[] frame(byte[] message) {
        return ByteBuffer.allocate(FRAME + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /// Whether a call succeeded.
    ///
    /// @param headers with the trailers
    public static boolean isOk(int status, Headers headers) {
        return status == 200 && "0".equals(headers.get("grpc-status"));
    }

    /// The message of an answer; empty where the call failed, or the body is not one uncompressed frame.
    ///
    /// @param headers with the trailers
    public static Optional<ByteBuffer> message(int status, Headers headers, byte[] body) {
        boolean framed =
                body.length >= FRAME && body[0] == 0 && ByteBuffer.wrap(body).getInt(1) == body.length - FRAME;
        return isOk(status, headers) && framed
                ? Optional.of(ByteBuffer.wrap(body, FRAME, body.length - FRAME))
                : Optional.empty();
    }
}
