package dev.lateen.proxy.admin;

import com.google.protobuf.Message;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Optional;

/// A live process without anything.
final class SilentBackend implements AdminBackend {
    @Override
    public State state() {
        return State.LIVE;
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
        return List.of();
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
        action.run();
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
    public void quit() {}
}
