package dev.lateen.proxy.admin;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.Set;

/// The open connections of one admin port. Where there are too many, the one that has asked nothing for the longest
/// time goes: whoever only holds connections keeps nobody out, least of all the kubelet with its probes.
///
/// Thread: any.
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class AdminConnections {
    private final int most;
    /// The one that was used longest ago first.
    private final Set<Channel> open = new LinkedHashSet<>();

    AdminConnections(int most) {
        this.most = most;
    }

    void opened(Channel channel) {
        Channel unused = null;
        synchronized (open) {
            open.add(channel);
            if (open.size() > most) {
                unused = open.iterator().next();
                open.remove(unused);
            }
        }
        channel.closeFuture().addListener(_ -> closed(channel));
        if (unused != null) {
            unused.close();
        }
    }

    /// A request has come on it.
    void used(Channel channel) {
        synchronized (open) {
            if (open.remove(channel)) {
                open.add(channel);
            }
        }
    }

    private void closed(Channel channel) {
        synchronized (open) {
            open.remove(channel);
        }
    }
}
