package dev.lateen.proxy.admin;

import com.google.protobuf.Message;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// A process without anything but secrets.
final class SilentBackend implements AdminBackend {
    volatile State state = State.LIVE;

    private final List<Accepted> secrets;
    private final Executor chores;
    private final Runnable end;

    /// @param chores where what is to be done later runs
    /// @param end what becomes of it when it is told to quit
    SilentBackend(List<Accepted> secrets, Executor chores, Runnable end) {
        this.secrets = secrets;
        this.chores = chores;
        this.end = end;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public String version() {
        return "test";
    }

    @Override
    public List<ListenerView> listeners() {
        return List.of();
    }

    @Override
    public List<Accepted> resources(ResourceType type) {
        return type == ResourceType.SECRET ? List.copyOf(secrets) : List.of();
    }

    @Override
    public Message bootstrap() {
        return Bootstrap.getDefaultInstance();
    }

    @Override
    public Optional<RouteTable> routes(String table) {
        return Optional.empty();
    }

    @Override
    public List<Routed> routed() {
        return List.of();
    }

    @Override
    public void later(Runnable action) {
        chores.execute(action);
    }

    @Override
    public Message node() {
        return Node.getDefaultInstance();
    }

    @Override
    public String certificates() {
        return "{}";
    }

    @Override
    public void drainListeners(boolean inboundOnly) {}

    @Override
    public void drain() {}

    @Override
    public void failHealthCheck(boolean fail) {}

    @Override
    public void quit() {
        end.run();
    }
}
