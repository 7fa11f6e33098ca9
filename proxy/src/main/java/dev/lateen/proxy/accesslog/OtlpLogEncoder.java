package dev.lateen.proxy.accesslog;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.collector.OtlpAttributes;
import dev.lateen.proxy.collector.ReportEncoder;
import dev.lateen.proxy.stream.StreamInfo;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Log records in OpenTelemetry's protocol. Source: OTLP 1, `LogsService/Export`. Thread: any (immutable).
final class OtlpLogEncoder implements ReportEncoder<LogRecord> {
    private static final String METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

    private final LogCollector.OpenTelemetry collector;
    private final Resource resource;

    OtlpLogEncoder(LogCollector.OpenTelemetry collector) {
        this.collector = collector;
        Resource.Builder built = Resource.newBuilder();
        collector.resource().forEach((name, value) -> built.addAttributes(OtlpAttributes.text(name, value)));
        this.resource = built.build();
    }

    LogRecord entry(StreamInfo info) {
        LogRecord.Builder record =
                LogRecord.newBuilder().setTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(info.startEpochMillis));
        collector.body().ifPresent(body -> record.setBody(AnyValue.newBuilder().setStringValue(body.line(info))));
        collector
                .attributes()
                .forEach((name, format) -> record.addAttributes(OtlpAttributes.text(name, format.line(info))));
        if (info.traceId != null && info.traceId.length() == 32) {
            record.setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(info.traceId)));
        }
        return record.build();
    }

    @Override
    public RequestHead head() {
        LogCollector.Target target = collector.target();
        return GrpcMessages.head(target.authority(), METHOD, target.timeout(), target.metadata());
    }

    @Override
    public byte[] body(List<LogRecord> records) {
        return GrpcMessages.frame(ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .setResource(resource)
                        .addScopeLogs(ScopeLogs.newBuilder().addAllLogRecords(records)))
                .build()
                .toByteArray());
    }

    @Override
    public boolean isTaken(int status, Headers headers, byte[] body) {
        return GrpcMessages.isOk(status, headers);
    }
}
