package dev.lateen.net.http;

/// Takes the requests of one downstream connection.
///
/// Thread: event loop of its channel.
public interface ServerHandler {
    /// A request's head has arrived; `end` is true where it has no body. The listener gets the rest. An
    /// `expect: 100-continue` field is left in the head, for the handler to answer or to pass on.
    StreamListener onRequest(ServerStream stream, RequestHead head, boolean end);

    /// What arrived is no request that can be answered by the handler (bad framing, limits): the codec answers
    /// `status` by itself, or resets, and says why. Called so that it can be logged and counted.
    ///
    /// @param details a stable token in Envoy's style, such as `http1.codec_error` or `http2.too_many_headers`
    void onRejected(int status, String details);

    /// The connection has closed; all streams have been reset.
    void onClosed();
}
