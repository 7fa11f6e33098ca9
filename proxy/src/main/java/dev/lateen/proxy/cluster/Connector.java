package dev.lateen.proxy.cluster;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;

/// Opens upstream channels on a given loop.
///
/// Thread: the loop's.
public interface Connector {
    /// Starts to connect a new channel with auto-read off.
    ///
    /// @param initial the channel's first handler
    ChannelFuture connect(EventLoop loop, SocketAddress address, ConnectionSettings settings, ChannelHandler initial);

    /// Puts an HTTP client codec into a connected channel.
    dev.lateen.net.http.ClientConnection http(
            Channel channel, dev.lateen.net.http.HttpVersion version, HttpOptions options);
}
