package dev.lateen.net.grpc;

import dev.lateen.net.http.Headers;
import java.time.Duration;

/// What to call and under which conditions.
///
/// @param scheme `http` or `https`
/// @param authority the `:authority` of the request
/// @param path `/package.Service/Method`
/// @param metadata further request headers; copied
/// @param deadline for the whole call; zero means none
/// @param maxMessageBytes largest message that is taken from the peer
public record GrpcRequest(
        String scheme, String authority, String path, Headers metadata, Duration deadline, int maxMessageBytes) {
    /// gRPC's usual 4 MiB.
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

    public GrpcRequest {
        metadata = metadata.copy();
    }

    /// A call without a deadline or metadata of its own.
    public static GrpcRequest of(String scheme, String authority, String path) {
        return new GrpcRequest(scheme, authority, path, new Headers(), Duration.ZERO, DEFAULT_MAX_MESSAGE_BYTES);
    }

    public GrpcRequest withDeadline(Duration newDeadline) {
        return new GrpcRequest(scheme, authority, path, metadata, newDeadline, maxMessageBytes);
    }

    public GrpcRequest withMaxMessageBytes(int bytes) {
        return new GrpcRequest(scheme, authority, path, metadata, deadline, bytes);
    }

    /// Adds a request header.
    public GrpcRequest with(String name, String value) {
        Headers more = metadata.copy();
        more.add(name, value);
        return new GrpcRequest(scheme, authority, path, more, deadline, maxMessageBytes);
    }
}
