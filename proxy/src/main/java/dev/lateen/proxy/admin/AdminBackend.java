package dev.lateen.proxy.admin;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.lateen.xds.ResourceType;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;

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
