package dev.lateen.proxy.tracing;

import dev.lateen.proxy.accesslog.LogFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a connection manager's spans are made of, and where they go.
///
/// Source: `HttpConnectionManager.Tracing` of Envoy. Thread: any (immutable).
///
/// @param maxUrlLength of `http.url`, in characters of its path
/// @param upstreamSpan whether each attempt gets a span of its own below that of the request
/// @param propagates whether the next hop is told of the trace
public record TracingConfig(
        Collector collector,
        Sampling sampling,
        List<CustomTag> tags,
        int maxUrlLength,
        boolean upstreamSpan,
        boolean propagates) {
    public TracingConfig {
        tags = List.copyOf(tags);
    }

    /// Whoever takes spans, through a cluster.
    public sealed interface Collector {
        String cluster();

        /// JSON of Zipkin's version 2.
        ///
        /// @param longIds of 128 bits rather than 64
        /// @param sharedContext a server's span has the id of its client's
        record Zipkin(String cluster, String authority, String path, boolean longIds, boolean sharedContext)
                implements Collector {}

        /// OpenTelemetry's protocol.
        ///
        /// @param service name of our service; empty: the node's cluster
        /// @param attributes of the resource
        /// @param headers sent along
        record OpenTelemetry(
                String cluster,
                Endpoint endpoint,
                Duration timeout,
                String service,
                Map<String, String> attributes,
                Map<String, String> headers)
                implements Collector {
            public OpenTelemetry {
                attributes = Map.copyOf(attributes);
                headers = Map.copyOf(headers);
            }
        }
    }

    /// How an OpenTelemetry collector is spoken to.
    public sealed interface Endpoint {
        record Grpc(String authority) implements Endpoint {}

        record Http(String authority, String path) implements Endpoint {}
    }

    /// How many of 10,000 requests: of those that a client wants traced, of the others, and of all that are to be.
    ///
    /// @param requestId what ids of requests have to do with it
    public record Sampling(int client, int random, int overall, RequestId requestId) {
        public static final int ALL = 10_000;

        public Sampling(int client, int random, int overall) {
            this(client, random, overall, RequestId.USUAL);
        }
    }

    /// Source: `envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig`.
    ///
    /// @param decides whether the id is asked; if not, all requests are traced whose trace says nothing else
    /// @param marked whether it tells those after us why the request is traced
    public record RequestId(boolean decides, boolean marked) {
        public static final RequestId USUAL = new RequestId(true, true);
    }

    /// A tag of our own on every span.
    public sealed interface CustomTag {
        String name();

        /// @param value also of what the environment said when the configuration came
        record Literal(String name, String value) implements CustomTag {}

        /// @param header in lower case
        /// @param otherwise empty: no tag
        record Header(String name, String header, String otherwise) implements CustomTag {}

        /// @param format as access logs have it; empty values: no tag
        record Formatted(String name, LogFormat format) implements CustomTag {}

        /// What a filter left about the request.
        record RequestMetadata(String name, String namespace, List<String> path, String otherwise)
                implements CustomTag {
            public RequestMetadata {
                path = List.copyOf(path);
            }
        }
    }
}
