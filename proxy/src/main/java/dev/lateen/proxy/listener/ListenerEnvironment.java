package dev.lateen.proxy.listener;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.overload.Admission;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.Secrets;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/// What listeners need of the process around them.
///
/// @param loops of the data path
/// @param chores the loop on which listeners change
/// @param drainTime for connections of a changed filter chain, after which they are closed
/// @param admission decides on new connections
public record ListenerEnvironment(
        EventLoops loops,
        EventLoop chores,
        Secrets secrets,
        ChainHandlers handlers,
        Stats stats,
        Duration drainTime,
        Admission admission) {
    static final InetAddress ANY_V4 = any(4);
    static final InetAddress ANY_V6 = any(16);

    private static InetAddress any(int bytes) {
        try {
            return InetAddress.getByAddress(new byte[bytes]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
