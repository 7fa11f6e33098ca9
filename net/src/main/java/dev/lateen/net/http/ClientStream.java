package dev.lateen.net.http;

/// One exchange as the sending end sees it; its head has been sent by `ClientConnection.open`.
///
/// Thread: event loop of its channel.
public interface ClientStream extends HttpStream {}
