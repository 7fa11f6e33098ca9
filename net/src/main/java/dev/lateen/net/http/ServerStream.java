package dev.lateen.net.http;

/// One exchange as the receiving end sees it.
///
/// Thread: event loop of its channel.
public interface ServerStream extends HttpStream {
    /// A 1xx head before the final one (100 Continue, 103 Early Hints). Not for 101: see `sendHead`.
    void sendInformational(ResponseHead head);

    /// The final head. A status of 101 (HTTP/1), or 2xx to CONNECT or extended CONNECT, turns the stream into a tunnel:
    /// data then flows both ways unframed until either end closes.
    void sendHead(ResponseHead head, boolean end);
}
