package dev.lateen.net.http;

/// An upstream connection. HTTP/1 carries one exchange at a time, HTTP/2 as many as the peer allows.
///
/// Thread: event loop of its channel.
public interface ClientConnection extends HttpConnection {
    /// Opens a stream and sends the head. Call only when `availableStreams() > 0`.
    ClientStream open(RequestHead head, boolean end, ResponseListener listener);

    /// How many streams may be opened now; 0 when draining, closed or full.
    int availableStreams();

    int activeStreams();

    /// How many streams have been opened in total.
    long openedStreams();

    void listener(Listener listener);

    /// What a pool needs to know.
    interface Listener {
        /// `availableStreams()` rose, or a stream ended.
        void onStreamAvailable(ClientConnection connection);

        /// No further streams (GOAWAY, `connection: close`); open ones go on.
        void onDraining(ClientConnection connection);

        void onClosed(ClientConnection connection, String details);
    }
}
