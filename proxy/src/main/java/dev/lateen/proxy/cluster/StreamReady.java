package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.proxy.stream.ProxyError;

/// Takes the connection that `ClusterWorker.newStream` found, or the reason why there is none. Exactly one call,
/// which may come before `newStream` has returned.
///
/// Thread: the worker's event loop.
public interface StreamReady {
    /// Open the stream before returning; a connection that was not used goes back to the pool.
    ///
    /// @param reused whether it has carried a stream before
    void onReady(ClientConnection connection, Host host, boolean reused);

    /// @param details the system's or TLS library's words, for `%UPSTREAM_TRANSPORT_FAILURE_REASON%`; may be empty
    void onFailure(ProxyError error, String details);
}
