package dev.lateen.net.http2;

/// What the peer's SETTINGS say.
///
/// Thread: event loop of its channel.
/// Source: RFC 9113 §6.5.2, RFC 8441 §3.
final class PeerSettings {
    /// Before the peer has spoken: what RFC 9113 asks it not to go below.
    private static final int MODEST_STREAMS = 100;

    private boolean received;
    private boolean connectProtocol;
    private long maxStreams = MODEST_STREAMS;
    private int initialWindow = Frames.DEFAULT_WINDOW_BYTES;
    private int maxFrameBytes = Frames.DEFAULT_MAX_BYTES;
    private long headerTableBytes = HpackDecoder.TABLE_BYTES;

    /// To be called for each SETTINGS frame, before its values.
    void frameReceived() {
        if (!received) {
            received = true;
            maxStreams = Integer.MAX_VALUE;
        }
    }

    /// @param value unsigned
    void set(int id, long value, boolean fromServer) throws Http2Violation {
        switch (id) {
            case Frames.HEADER_TABLE_SIZE -> headerTableBytes = value;
            case Frames.ENABLE_PUSH ->
                check(value == 0 || (value == 1 && !fromServer), ErrorCode.PROTOCOL_ERROR, "ENABLE_PUSH");
            case Frames.MAX_CONCURRENT_STREAMS -> maxStreams = value;
            case Frames.INITIAL_WINDOW_SIZE -> {
                check(value <= Integer.MAX_VALUE, ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE");
                initialWindow = (int) value;
            }
            case Frames.MAX_FRAME_SIZE -> {
                boolean fits = value >= Frames.DEFAULT_MAX_BYTES && value < 1 << 24;
                check(fits, ErrorCode.PROTOCOL_ERROR, "MAX_FRAME_SIZE");
                maxFrameBytes = (int) value;
            }
            case Frames.ENABLE_CONNECT_PROTOCOL -> {
                boolean fits = value == 1 || (value == 0 && !connectProtocol);
                check(fits, ErrorCode.PROTOCOL_ERROR, "ENABLE_CONNECT_PROTOCOL");
                connectProtocol = value == 1;
            }
            default -> {
                // MAX_HEADER_LIST_SIZE is advice, and unknown settings are to be ignored.
            }
        }
    }

    private static void check(boolean fits, ErrorCode code, String name) throws Http2Violation {
        if (!fits) {
            throw Http2Violation.ofConnection(code, "value of " + name);
        }
    }

    boolean received() {
        return received;
    }

    boolean connectProtocol() {
        return connectProtocol;
    }

    int maxStreams() {
        return (int) Math.min(maxStreams, Integer.MAX_VALUE);
    }

    int initialWindow() {
        return initialWindow;
    }

    int maxFrameBytes() {
        return maxFrameBytes;
    }

    long headerTableBytes() {
        return headerTableBytes;
    }
}
