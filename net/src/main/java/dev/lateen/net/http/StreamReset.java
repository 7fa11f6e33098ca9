package dev.lateen.net.http;

/// Why a stream ended before its end. The first group is what a codec reports of its peer or of itself; a caller that
/// resets a stream picks from all of them.
public enum StreamReset {
    /// The peer sent RST_STREAM with NO_ERROR or CANCEL.
    REMOTE_RESET,
    /// The peer refused the stream before it worked on it (REFUSED_STREAM, GOAWAY below this id): safe to retry.
    REMOTE_REFUSED,
    /// The connection ended (FIN, RST, GOAWAY with an error, idle timeout) while the stream was open.
    CONNECTION_CLOSED,
    /// What arrived is not valid HTTP (RFC 9112, RFC 9113).
    PROTOCOL_ERROR,
    /// A limit of ours was passed (header size, body buffer, frame flood).
    LIMIT_EXCEEDED,
    /// We give the stream up: RST_STREAM(CANCEL), or closing the HTTP/1 connection.
    LOCAL_CANCEL,
    /// We refuse a new stream: RST_STREAM(REFUSED_STREAM).
    LOCAL_REFUSED
}
