package dev.lateen.net.http2;

/// Error codes of RST_STREAM and GOAWAY; the ordinal is the code.
///
/// Source: RFC 9113 §7.
enum ErrorCode {
    NO_ERROR("no_error"),
    PROTOCOL_ERROR("protocol_error"),
    INTERNAL_ERROR("internal_error"),
    FLOW_CONTROL_ERROR("flow_control_error"),
    SETTINGS_TIMEOUT("settings_timeout"),
    STREAM_CLOSED("stream_closed"),
    FRAME_SIZE_ERROR("frame_size_error"),
    REFUSED_STREAM("refused_stream"),
    CANCEL("cancel"),
    COMPRESSION_ERROR("compression_error"),
    CONNECT_ERROR("connect_error"),
    ENHANCE_YOUR_CALM("enhance_your_calm");

    private final String details;

    ErrorCode(String token) {
        details = "http2." + token;
    }

    int code() {
        return ordinal();
    }

    /// The token by which logs and listeners know it, such as `http2.protocol_error`.
    String details() {
        return details;
    }
}
