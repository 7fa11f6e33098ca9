package dev.lateen.proxy.cluster;

/// A request that waits for a connection.
public interface PendingStream {
    /// Stands for a request that no longer waits.
    PendingStream DONE = () -> {};

    /// Gives up waiting: no callback will come. Does nothing after the callback.
    void cancel();
}
