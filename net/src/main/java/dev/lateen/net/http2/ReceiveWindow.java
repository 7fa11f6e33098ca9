package dev.lateen.net.http2;

/// The credit that a peer has from us, of one stream or of the connection. Credit that has been used goes back in one
/// WINDOW_UPDATE once it makes half of the window.
///
/// Thread: event loop of its channel.
final class ReceiveWindow {
    private final int size;
    private int left;
    private int consumed;

    ReceiveWindow(int size) {
        this.size = size;
        this.left = size;
    }

    /// False where the peer sent more than it may.
    boolean take(int bytes) {
        left -= bytes;
        return left >= 0;
    }

    /// These bytes have been taken care of. Returns the increment to announce now, or 0.
    int consume(int bytes) {
        consumed += bytes;
        if (consumed < size / 2 || consumed == 0) {
            return 0;
        }
        int increment = consumed;
        consumed = 0;
        left += increment;
        return increment;
    }
}
