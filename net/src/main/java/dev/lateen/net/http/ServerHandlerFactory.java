package dev.lateen.net.http;

/// Makes the handler of a downstream connection when its codec is in place.
///
/// Thread: event loop of its channel.
@FunctionalInterface
public interface ServerHandlerFactory {
    ServerHandler create(HttpConnection connection);
}
