package dev.lateen.proxy.downstream;

/// Serves the connections of one filter chain: HTTP or TCP.
public interface ChainHandler {
    /// Puts its handlers into the pipeline and starts reading.
    ///
    /// Thread: event loop of the connection.
    void serve(DownstreamConnection connection);

    /// No connection will come any more and those there were are gone. Thread: chores loop.
    void close();
}
