package dev.lateen.net.http2;

/// The peer broke a rule of RFC 9113, or passed a limit of ours: ends a stream, or the connection where `streamId` is
/// 0.
final class Http2Violation extends Exception {
    private static final long serialVersionUID = 1L;

    private final int streamId;
    private final ErrorCode code;

    private Http2Violation(int streamId, ErrorCode code, String what) {
        // An expected outcome of reading from a stranger: no stack trace.
        super(what, null, false, false);
        this.streamId = streamId;
        this.code = code;
    }

    static Http2Violation ofConnection(ErrorCode code, String what) {
        return new Http2Violation(0, code, what);
    }

    static Http2Violation ofStream(int streamId, ErrorCode code, String what) {
        return new Http2Violation(streamId, code, what);
    }

    static Http2Violation malformed(int streamId, String what) {
        return new Http2Violation(streamId, ErrorCode.PROTOCOL_ERROR, what);
    }

    int streamId() {
        return streamId;
    }

    ErrorCode code() {
        return code;
    }
}
