package dev.lateen.net.http1;

import dev.lateen.net.http.HttpLimits;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/// Puts `HttpLimits.bufferLimitBytes` on a channel's outbound queue.
final class WriteLimits {
    private WriteLimits() {}

    static void apply(Channel channel, HttpLimits limits) {
        int high = Math.max(2, limits.bufferLimitBytes());
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
    }
}
