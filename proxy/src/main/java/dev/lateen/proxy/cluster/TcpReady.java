package dev.lateen.proxy.cluster;

import dev.lateen.proxy.stream.ProxyError;
import io.netty.channel.Channel;

/// Takes the connection that `ClusterWorker.newTcpConnection` made, or the reason why there is none. Exactly one call.
///
/// Thread: the worker's event loop.
public interface TcpReady {
    /// The channel is the caller's: auto-read is off, TLS has been established, and closing it frees its place.
    void onReady(Channel channel, Host host);

    void onFailure(ProxyError error, String details);
}
