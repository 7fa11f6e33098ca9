package dev.lateen.proxy.accesslog;

/// One access log of a listener, connection manager or TCP proxy.
///
/// Thread: any (immutable).
public sealed interface AccessLogConfig {
    String STDOUT = "/dev/stdout";
    String STDERR = "/dev/stderr";

    LogFilter filter();

    /// @param path of a file; `/dev/stdout` and `/dev/stderr` are the process's own
    record File(String path, LogFormat format, LogFilter filter) implements AccessLogConfig {}

    /// A collector that is sent each entry.
    record Collected(LogCollector collector, LogFilter filter) implements AccessLogConfig {}
}
