package dev.lateen.proxy.accesslog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whoever is sent entries by gRPC, through a cluster.
///
/// Thread: any (immutable).
public sealed interface LogCollector {
    Target target();

    /// @param name of the log, which every batch tells
    /// @param timeout of one batch
    /// @param metadata sent along, by lower-case name
    record Target(String cluster, String authority, String name, Duration timeout, Map<String, String> metadata) {
        public Target {
            metadata = Map.copyOf(metadata);
        }
    }

    /// OpenTelemetry's protocol. Source: `OpenTelemetryAccessLogConfig`.
    ///
    /// @param resource attributes of it
    /// @param body of each record
    /// @param attributes of each record, by name
    record OpenTelemetry(
            Target target, Map<String, String> resource, Optional<LogFormat> body, Map<String, LogFormat> attributes)
            implements LogCollector {
        public OpenTelemetry {
            resource = Map.copyOf(resource);
            attributes = Map.copyOf(attributes);
        }
    }

    /// Envoy's access log service, with entries of requests. Source: `HttpGrpcAccessLogConfig`.
    ///
    /// @param requestHeaders logged besides those that every entry has; lower case, as the others
    record Requests(
            Target target, List<String> requestHeaders, List<String> responseHeaders, List<String> responseTrailers)
            implements LogCollector {
        public Requests {
            requestHeaders = List.copyOf(requestHeaders);
            responseHeaders = List.copyOf(responseHeaders);
            responseTrailers = List.copyOf(responseTrailers);
        }
    }

    /// Envoy's access log service, with entries of connections. Source: `TcpGrpcAccessLogConfig`.
    record Connections(Target target) implements LogCollector {}
}
