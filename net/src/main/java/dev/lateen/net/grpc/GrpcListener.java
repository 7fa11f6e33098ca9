package dev.lateen.net.grpc;

import dev.lateen.net.http.Headers;

/// Takes what the server of a call sends.
///
/// Thread: event loop of the connection's channel.
public interface GrpcListener {
    /// The response has begun; not called where the call fails at once.
    default void onHeaders(Headers headers) {}

    void onMessage(byte[] message);

    /// The call may send again after `GrpcCall.isReady()` was false.
    default void onReady() {}

    /// The last call. `trailers` is empty where the call ended without any.
    void onClosed(GrpcStatus status, Headers trailers);
}
