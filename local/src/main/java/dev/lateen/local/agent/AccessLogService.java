package dev.lateen.local.agent;

import dev.lateen.proxy.stream.StreamInfo;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// `envoy.service.accesslog.v3.AccessLogService`: takes the entries of Envoy's workers, has them counted, and the last
/// ones kept for explanations. The name of the log says which side they are of.
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
    private final Consumer<List<StreamInfo>> kept;

    /// @param kept takes what ended, which nobody changes any more
    AccessLogService(AccessLogMetrics metrics, Consumer<List<StreamInfo>> kept) {
        this.metrics = metrics;
        this.kept = kept;
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
            List<StreamInfo> ended = new ArrayList<>();
            for (HTTPAccessLogEntry entry : message.getHttpLogs().getLogEntryList()) {
                metrics.count(entry, inbound).ifPresent(ended::add);
            }
            for (TCPAccessLogEntry entry : message.getTcpLogs().getLogEntryList()) {
                metrics.count(entry, inbound).ifPresent(ended::add);
            }
            kept.accept(ended);
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
