package dev.lateen.proxy.downstream;

import dev.lateen.proxy.stream.StreamInfo;

/// Serves the connections of one filter chain: HTTP or TCP.
public interface ChainHandler {
    /// Puts its handlers into the pipeline and starts reading.
    ///
    /// Thread: event loop of the connection.
    void serve(DownstreamConnection connection);

    /// Reports a connection of this chain that access control refused and closes.
    ///
    /// Thread: event loop of the connection.
    ///
    /// @param info complete but for its end
    void refused(DownstreamConnection connection, StreamInfo info);

    /// No connection will come any more and those there were are gone. Thread: chores loop.
    void close();
}
