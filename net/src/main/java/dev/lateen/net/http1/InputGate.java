package dev.lateen.net.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Holds back bytes that were read but may not be decoded yet, and stops the socket meanwhile. What is held is bounded
/// by one read: nothing more is asked of the socket while something waits.
///
/// Thread: event loop of its channel.
final class InputGate {
    private final Channel channel;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private boolean socketPaused;

    InputGate(Channel channel) {
        this.channel = channel;
    }

    void hold(ByteBuf bytes) {
        held.addLast(bytes);
        pauseSocket();
    }

    void holdFirst(ByteBuf bytes) {
        held.addFirst(bytes);
        pauseSocket();
    }

    @Nullable
    ByteBuf poll() {
        return held.pollFirst();
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    void pauseSocket() {
        if (!socketPaused) {
            socketPaused = true;
            channel.config().setAutoRead(false);
        }
    }

    void resumeSocket() {
        if (socketPaused) {
            socketPaused = false;
            channel.config().setAutoRead(true);
        }
    }

    void discard() {
        ByteBuf bytes = held.pollFirst();
        while (bytes != null) {
            bytes.release();
            bytes = held.pollFirst();
        }
    }
}
