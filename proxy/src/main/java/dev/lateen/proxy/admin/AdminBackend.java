package dev.lateen.proxy.admin;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.xds.ResourceType;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the admin API shows and does, as far as it does not hold it itself. Implemented by the process.
///
/// Thread: chores loop.
public interface AdminBackend {
    /// The life of the process, in Envoy's words.
    enum State {
        LIVE,
        DRAINING,
        INITIALIZING
    }

    /// @param addresses that it is bound to
    record ListenerView(String name, List<SocketAddress> addresses) {}

    /// A resource in force.
    ///
    /// @param fixed it came from the bootstrap
    record Accepted(String name, String version, Any resource, Instant updated, boolean fixed) {}

    State state();

    String version();

    List<ListenerView> listeners();

    /// Of CLUSTER, ENDPOINT, LISTENER, ROUTE or SECRET.
    List<Accepted> resources(ResourceType type);

    /// An `envoy.config.bootstrap.v3.Bootstrap`.
    Message bootstrap();

    /// The routes in force under that name, of route discovery or in a listener; empty where there are none.
    Optional<RouteTable> routes(String table);

    /// The routes in force of a listener.
    ///
    /// @param direction of its traffic, such as `OUTBOUND`
    record Routed(String listener, String direction, RouteTable table) {}

    List<Routed> routed();

    /// Runs it on the chores loop.
    void later(Runnable action);

    /// An `envoy.config.core.v3.Node`.
    Message node();

    /// Certificates in use, as the JSON of Envoy's `Certificates` message.
    String certificates();

    void drainListeners(boolean inboundOnly);

    /// Asks clients to end their connections soon, as at the end of this process.
    void drain();

    /// Fails readiness from now on, or again not.
    void failHealthCheck(boolean fail);

    void quit();
}
