package dev.lateen.proxy.telemetry.accesslog;

/// One access log of a listener, connection manager or TCP proxy.
///
/// @param path of a file; `/dev/stdout` and `/dev/stderr` are the process's own
public record AccessLogConfig(String path, LogFormat format, LogFilter filter) {
    public static final String STDOUT = "/dev/stdout";
    public static final String STDERR = "/dev/stderr";
}
