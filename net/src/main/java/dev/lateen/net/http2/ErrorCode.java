package dev.lateen.net.http2;

/// Error codes of RST_STREAM and GOAWAY.
///
/// Source: RFC 9113 §7.
enum ErrorCode {
    NO_ERROR(0, "no_error"),
    PROTOCOL_ERROR(1, "protocol_error"),
    INTERNAL_ERROR(2, "internal_error"),
    FLOW_CONTROL_ERROR(3, "flow_control_error"),
    SETTINGS_TIMEOUT(4, "settings_timeout"),
    STREAM_CLOSED(5, "stream_closed"),
    FRAME_SIZE_ERROR(6, "frame_size_error"),
    REFUSED_STREAM(7, "refused_stream"),
    CANCEL(8, "cancel"),
    COMPRESSION_ERROR(9, "compression_error"),
    CONNECT_ERROR(10, "connect_error"),
    ENHANCE_YOUR_CALM(11, "enhance_your_calm");

    private final int code;
    private final String details;

    ErrorCode(int code, String token) {
        this.code = code;
        details = "http2." + token;
    }

    int code() {
        return code;
    }

    /// The token by which logs and listeners know it, such as `http2.protocol_error`.
    String details() {
        return details;
    }
}
