package dev.lateen.local.agent;

import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/// `envoy.service.accesslog.v3.AccessLogService`: takes the entries of Envoy's workers and has them counted. The
/// name of the log says which side they are of.
///
/// Thread: any.
final class AccessLogService {
    private static final String NAME = "envoy.service.accesslog.v3.AccessLogService";
    private static final MethodDescriptor<StreamAccessLogsMessage, StreamAccessLogsResponse> STREAM =
            MethodDescriptor.<StreamAccessLogsMessage, StreamAccessLogsResponse>newBuilder()
                    .setType(MethodType.CLIENT_STREAMING)
                    .setFullMethodName(NAME + "/StreamAccessLogs")
                    .setRequestMarshaller(ProtoUtils.marshaller(StreamAccessLogsMessage.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StreamAccessLogsResponse.getDefaultInstance()))
                    .build();

    private final AccessLogMetrics metrics;

    AccessLogService(AccessLogMetrics metrics) {
        this.metrics = metrics;
    }

    /// To be added to a listener.
    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder(NAME)
                .addMethod(STREAM, ServerCalls.asyncClientStreamingCall(Entries::new))
                .build();
    }

    private final class Entries implements StreamObserver<StreamAccessLogsMessage> {
        private final StreamObserver<StreamAccessLogsResponse> response;
        private boolean inbound;

        Entries(StreamObserver<StreamAccessLogsResponse> response) {
            this.response = response;
        }

        @Override
        public void onNext(StreamAccessLogsMessage message) {
            if (message.hasIdentifier()) {
                inbound = message.getIdentifier().getLogName().equals("inbound");
            }
            for (HTTPAccessLogEntry entry : message.getHttpLogs().getLogEntryList()) {
                metrics.count(entry, inbound);
            }
            for (TCPAccessLogEntry entry : message.getTcpLogs().getLogEntryList()) {
                metrics.count(entry, inbound);
            }
        }

        @Override
        public void onError(Throwable cause) {
            // Envoy has gone or opens a new stream; what it sent is counted.
        }

        @Override
        public void onCompleted() {
            response.onNext(StreamAccessLogsResponse.getDefaultInstance());
            response.onCompleted();
        }
    }
}
