package dev.lateen.net.grpc;

/// Takes the result of a call with one request and one response.
///
/// Thread: event loop of the connection's channel.
public interface GrpcUnaryListener {
    void onResponse(byte[] message);

    /// Never `OK`: an OK status without exactly one message is reported as `INTERNAL`.
    void onFailure(GrpcStatus status);
}
