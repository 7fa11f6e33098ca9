package dev.lateen.proxy.accesslog;

import com.google.protobuf.UInt32Value;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.collector.ReportEncoder;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.data.accesslog.v3.ConnectionProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Entries for Envoy's access log service. Each batch is a stream of its own of one message, which the service ends:
/// so what it did not take is known. Source: `envoy.service.accesslog.v3`. Thread: any (immutable).
final class AlsEncoder {
    private static final String METHOD = "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs";

    private final LogCollector.Target target;
    private final StreamAccessLogsMessage.Identifier identifier;

    private AlsEncoder(LogCollector.Target target, Node node) {
        this.target = target;
        this.identifier = StreamAccessLogsMessage.Identifier.newBuilder()
                .setNode(node)
                .setLogName(target.name())
                .build();
    }

    private RequestHead head() {
        return GrpcMessages.head(target.authority(), METHOD, target.timeout(), target.metadata());
    }

    private StreamAccessLogsMessage.Builder message() {
        return StreamAccessLogsMessage.newBuilder().setIdentifier(identifier);
    }

    private static byte[] frame(StreamAccessLogsMessage.Builder message) {
        return GrpcMessages.frame(message.build().toByteArray());
    }

    /// Entries of requests.
    static final class Requests implements ReportEncoder<HTTPAccessLogEntry> {
        private final LogCollector.Requests collector;
        private final AlsEncoder common;

        Requests(LogCollector.Requests collector, Node node) {
            this.collector = collector;
            this.common = new AlsEncoder(collector.target(), node);
        }

        HTTPAccessLogEntry entry(StreamInfo info) {
            HTTPAccessLogEntry.Builder entry =
                    HTTPAccessLogEntry.newBuilder().setCommonProperties(AlsCommonEncoder.of(info));
            RequestHead head = info.request;
            if (head != null) {
                entry.setProtocolVersion(version(head.version())).setRequest(request(head, info));
            }
            return entry.setResponse(response(info)).build();
        }

        private HTTPRequestProperties request(RequestHead head, StreamInfo info) {
            Headers headers = head.headers();
            return HTTPRequestProperties.newBuilder()
                    .setRequestMethod(method(head.method()))
                    .setScheme(head.scheme())
                    .setAuthority(head.authority())
                    .setPath(head.path())
                    .setOriginalPath(orEmpty(info.originalPath))
                    .setUserAgent(orEmpty(headers.get("user-agent")))
                    .setReferer(orEmpty(headers.get("referer")))
                    .setForwardedFor(orEmpty(headers.get("x-forwarded-for")))
                    .setRequestId(orEmpty(headers.get("x-request-id")))
                    .setRequestBodyBytes(info.bytesReceived)
                    .putAllRequestHeaders(chosen(collector.requestHeaders(), headers::get))
                    .build();
        }

        private HTTPResponseProperties response(StreamInfo info) {
            HTTPResponseProperties.Builder response = HTTPResponseProperties.newBuilder()
                    .setResponseBodyBytes(info.bytesSent)
                    .setResponseCodeDetails(orEmpty(info.details));
            if (info.status != 0) {
                response.setResponseCode(UInt32Value.of(info.status));
            }
            Headers headers = info.responseHeaders;
            if (headers != null) {
                response.putAllResponseHeaders(chosen(collector.responseHeaders(), headers::get));
            }
            Headers trailers = info.responseTrailers;
            if (trailers != null) {
                response.putAllResponseTrailers(chosen(collector.responseTrailers(), trailers::get));
            }
            return response.build();
        }

        private static Map<String, String> chosen(List<String> names, Function<String, @Nullable String> values) {
            Map<String, String> chosen = new HashMap<>();
            for (String name : names) {
                String value = values.apply(name);
                if (value != null) {
                    chosen.put(name, value);
                }
            }
            return chosen;
        }

        private static HTTPAccessLogEntry.HTTPVersion version(HttpVersion version) {
            return switch (version) {
                case HTTP_1_0 -> HTTPAccessLogEntry.HTTPVersion.HTTP10;
                case HTTP_1_1 -> HTTPAccessLogEntry.HTTPVersion.HTTP11;
                case HTTP_2 -> HTTPAccessLogEntry.HTTPVersion.HTTP2;
            };
        }

        private static RequestMethod method(String method) {
            for (RequestMethod known : METHODS) {
                if (known.name().equals(method)) {
                    return known;
                }
            }
            return RequestMethod.METHOD_UNSPECIFIED;
        }

        private static final List<RequestMethod> METHODS = List.of(
                RequestMethod.GET,
                RequestMethod.POST,
                RequestMethod.PUT,
                RequestMethod.DELETE,
                RequestMethod.HEAD,
                RequestMethod.OPTIONS,
                RequestMethod.PATCH,
                RequestMethod.CONNECT,
                RequestMethod.TRACE);

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }

        @Override
        public RequestHead head() {
            return common.head();
        }

        @Override
        public byte[] body(List<HTTPAccessLogEntry> entries) {
            return frame(common.message()
                    .setHttpLogs(StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder()
                            .addAllLogEntry(entries)));
        }

        @Override
        public boolean isTaken(int status, Headers headers, byte[] body) {
            return GrpcMessages.isOk(status, headers);
        }
    }

    /// Entries of connections.
    static final class Connections implements ReportEncoder<TCPAccessLogEntry> {
        private final AlsEncoder common;

        Connections(LogCollector.Connections collector, Node node) {
            this.common = new AlsEncoder(collector.target(), node);
        }

        TCPAccessLogEntry entry(StreamInfo info) {
            return TCPAccessLogEntry.newBuilder()
                    .setCommonProperties(AlsCommonEncoder.of(info))
                    .setConnectionProperties(ConnectionProperties.newBuilder()
                            .setReceivedBytes(info.bytesReceived)
                            .setSentBytes(info.bytesSent))
                    .build();
        }

        @Override
        public RequestHead head() {
            return common.head();
        }

        @Override
        public byte[] body(List<TCPAccessLogEntry> entries) {
            return frame(common.message()
                    .setTcpLogs(StreamAccessLogsMessage.TCPAccessLogEntries.newBuilder()
                            .addAllLogEntry(entries)));
        }

        @Override
        public boolean isTaken(int status, Headers headers, byte[] body) {
            return GrpcMessages.isOk(status, headers);
        }
    }
}
