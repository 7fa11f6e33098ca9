package dev.lateen.e2e.grpc;

import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/// Envoy's access log service on a free port of loopback.
///
/// @param server runs until it is closed
public record AccessLogServer(Server server) implements AutoCloseable {
    private static final String SERVICE = "envoy.service.accesslog.v3.AccessLogService";

    public static AccessLogServer start(Consumer<StreamAccessLogsMessage> taking) throws IOException {
        MethodDescriptor<StreamAccessLogsMessage, StreamAccessLogsResponse> method =
                MethodDescriptor.<StreamAccessLogsMessage, StreamAccessLogsResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                        .setFullMethodName(SERVICE + "/StreamAccessLogs")
                        .setRequestMarshaller(ProtoUtils.marshaller(StreamAccessLogsMessage.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(StreamAccessLogsResponse.getDefaultInstance()))
                        .build();
        return new AccessLogServer(NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(method, ServerCalls.asyncClientStreamingCall(answer -> new Taken(taking, answer)))
                        .build())
                .build()
                .start());
    }

    private record Taken(Consumer<StreamAccessLogsMessage> taking, StreamObserver<StreamAccessLogsResponse> answer)
            implements StreamObserver<StreamAccessLogsMessage> {
        @Override
        public void onNext(StreamAccessLogsMessage message) {
            taking.accept(message);
        }

        @Override
        public void onError(Throwable error) {
            // The proxy has gone: nothing is owed to it.
        }

        @Override
        public void onCompleted() {
            answer.onNext(StreamAccessLogsResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
