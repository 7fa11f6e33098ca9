package dev.lateen.proxy.http.filter;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.stream.ResponseFlag;
import org.jspecify.annotations.Nullable;

/// An answer that the proxy gives by itself. gRPC clients get it as trailers only.
///
/// @param body mostly text; becomes `grpc-message` for gRPC
/// @param grpcStatus -1: what the HTTP status stands for
/// @param details Envoy's `%RESPONSE_CODE_DETAILS%`
/// @param headers further ones, or null
public record LocalReply(
        int status,
        ByteString body,
        int grpcStatus,
        @Nullable ResponseFlag flag,
        String details,
        @Nullable Headers headers,
        Dress dress) {
    /// What becomes of an answer on its way.
    public enum Dress {
        /// gRPC's form for clients that speak it, header changes of a route that leads to a cluster.
        USUAL,
        /// The same with the header changes of the route that answers by itself.
        ROUTES_OWN,
        /// None of it.
        AS_IS
    }

    public static LocalReply of(int status, String body, String details) {
        return of(status, ByteString.copyFromUtf8(body), details);
    }

    public static LocalReply of(int status, ByteString body, String details) {
        return new LocalReply(status, body, -1, null, details, null, Dress.USUAL);
    }

    public static LocalReply of(int status, String body, ResponseFlag flag, String details) {
        return of(status, ByteString.copyFromUtf8(body), flag, details);
    }

    public static LocalReply of(int status, ByteString body, ResponseFlag flag, String details) {
        return new LocalReply(status, body, -1, flag, details, null, Dress.USUAL);
    }

    public LocalReply in(Dress dress) {
        return new LocalReply(status, body, grpcStatus, flag, details, headers, dress);
    }

    public LocalReply withStatus(int status) {
        return new LocalReply(status, body, grpcStatus, flag, details, headers, dress);
    }

    public LocalReply with(Headers headers) {
        return new LocalReply(status, body, grpcStatus, flag, details, headers, dress);
    }

    public LocalReply withGrpcStatus(int grpcStatus) {
        return new LocalReply(status, body, grpcStatus, flag, details, headers, dress);
    }
}
