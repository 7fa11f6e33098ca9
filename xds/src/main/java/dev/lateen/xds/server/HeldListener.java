package dev.lateen.xds.server;

import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what happens to a call until somebody is there to hear it. No message is among it: nobody has asked for one.
///
/// Thread: any.
final class HeldListener<Q> extends ServerCall.Listener<Q> {
    private final Deque<Consumer<ServerCall.Listener<Q>>> held = new ArrayDeque<>();
    private ServerCall.@Nullable Listener<Q> listener;

    synchronized void release(ServerCall.Listener<Q> to) {
        listener = to;
        while (!held.isEmpty()) {
            held.remove().accept(to);
        }
    }

    private synchronized void pass(Consumer<ServerCall.Listener<Q>> event) {
        ServerCall.Listener<Q> to = listener;
        if (to == null) {
            held.add(event);
        } else {
            event.accept(to);
        }
    }

    @Override
    public void onMessage(Q message) {
        pass(to -> to.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        pass(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
        pass(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
        pass(ServerCall.Listener::onComplete);
    }

    @Override
    public void onReady() {
        pass(ServerCall.Listener::onReady);
    }
}
