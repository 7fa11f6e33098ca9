package dev.lateen.net.http2;

/// Counts, for each second, what no honest peer sends in masses: frames that cost us an answer or nothing but work, and
/// streams that end in a reset.
///
/// Thread: event loop of its channel.
/// Source: RFC 9113 §10.5; CVE-2019-9512 to 9518, CVE-2023-44487, CVE-2025-8671.
final class FloodGuard {
    private static final int MAX_CONTROL_FRAMES_PER_SECOND = 1000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int maxResetsPerSecond;
    private long controlStart;
    private int controlFrames;
    private long resetStart;
    private int resets;

    /// @param maxResetsPerSecond 0 for no limit
    FloodGuard(int maxResetsPerSecond) {
        this.maxResetsPerSecond = maxResetsPerSecond;
    }

    void countControlFrame() throws Http2Violation {
        long now = System.nanoTime();
        if (now - controlStart > SECOND_NANOS) {
            controlStart = now;
            controlFrames = 0;
        }
        if (++controlFrames > MAX_CONTROL_FRAMES_PER_SECOND) {
            throw Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "too many control frames");
        }
    }

    /// A reset by the peer, or one of ours that the peer provoked.
    void countReset() throws Http2Violation {
        if (maxResetsPerSecond == 0) {
            return;
        }
        long now = System.nanoTime();
        if (now - resetStart > SECOND_NANOS) {
            resetStart = now;
            resets = 0;
        }
        if (++resets > maxResetsPerSecond) {
            throw Http2Violation.ofConnection(ErrorCode.ENHANCE_YOUR_CALM, "too many streams are reset");
        }
    }
}
