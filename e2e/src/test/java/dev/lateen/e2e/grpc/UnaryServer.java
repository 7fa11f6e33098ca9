package dev.lateen.e2e.grpc;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.UnaryMethod;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A server without TLS that answers one unary method.
///
/// @param server runs until it is closed
public record UnaryServer(Server server) implements AutoCloseable {
    /// A rate limit service on a free port of loopback.
    public static UnaryServer rateLimits(UnaryMethod<RateLimitRequest, RateLimitResponse> behaviour)
            throws IOException {
        return start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
                RateLimitRequest.getDefaultInstance(),
                RateLimitResponse.getDefaultInstance(),
                behaviour);
    }

    /// A collector of traces on a free port of loopback.
    public static UnaryServer traces(UnaryMethod<ExportTraceServiceRequest, ExportTraceServiceResponse> behaviour)
            throws IOException {
        return start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "opentelemetry.proto.collector.trace.v1.TraceService/Export",
                ExportTraceServiceRequest.getDefaultInstance(),
                ExportTraceServiceResponse.getDefaultInstance(),
                behaviour);
    }

    /// A collector of logs on a free port of loopback.
    public static UnaryServer logs(UnaryMethod<ExportLogsServiceRequest, ExportLogsServiceResponse> behaviour)
            throws IOException {
        return start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "opentelemetry.proto.collector.logs.v1.LogsService/Export",
                ExportLogsServiceRequest.getDefaultInstance(),
                ExportLogsServiceResponse.getDefaultInstance(),
                behaviour);
    }

    /// An authorization server on a free port of loopback.
    public static UnaryServer authorization(UnaryMethod<CheckRequest, CheckResponse> behaviour) throws IOException {
        return authorization(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), behaviour);
    }

    public static UnaryServer authorization(
            InetSocketAddress address, UnaryMethod<CheckRequest, CheckResponse> behaviour) throws IOException {
        return start(
                address,
                "envoy.service.auth.v3.Authorization/Check",
                CheckRequest.getDefaultInstance(),
                CheckResponse.getDefaultInstance(),
                behaviour);
    }

    /// @param method as `package.Service/Method`
    /// @param question its default instance; so `answer`
    private static <Q extends Message, A extends Message> UnaryServer start(
            InetSocketAddress address, String method, Q question, A answer, UnaryMethod<Q, A> behaviour)
            throws IOException {
        MethodDescriptor<Q, A> descriptor = MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(ProtoUtils.marshaller(question))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
        String service = method.substring(0, method.indexOf('/'));
        return new UnaryServer(NettyServerBuilder.forAddress(address)
                .addService(ServerServiceDefinition.builder(service)
                        .addMethod(descriptor, ServerCalls.asyncUnaryCall(behaviour))
                        .build())
                .build()
                .start());
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
