package dev.lateen.net.http2;

/// Remembers how the last streams of a connection ended, to tell apart what arrives for them late: after our own
/// RST_STREAM it may still be on its way; after an orderly end it is an error of the peer (RFC 9113 §5.1).
///
/// Thread: event loop of its channel.
final class ClosedStreams {
    private static final int SIZE = 128;

    private final int[] ids = new int[SIZE];
    private int next;

    /// @param resetByUs whether we sent RST_STREAM on it
    void add(int id, boolean resetByUs) {
        ids[next] = resetByUs ? -id : id;
        next = (next + 1) % SIZE;
    }

    boolean endedInOrder(int id) {
        return contains(id);
    }

    boolean wasResetByUs(int id) {
        return contains(-id);
    }

    private boolean contains(int value) {
        for (int id : ids) {
            if (id == value) {
                return true;
            }
        }
        return false;
    }
}
