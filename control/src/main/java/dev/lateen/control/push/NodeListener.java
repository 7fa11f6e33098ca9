package dev.lateen.control.push;

import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.xds.server.Peer;
import java.util.Optional;

/// Hears which nodes come and go, and may turn one away.
///
/// Thread: control loop; must return at once.
public interface NodeListener {
    /// Nobody listens.
    NodeListener NONE = new NodeListener() {
        @Override
        public Arrival arrived(NodeStream stream, ProxyNode node) {
            return new Arrival.Welcome(node);
        }

        @Override
        public void left(NodeStream stream) {}

        @Override
        public void health(NodeStream stream, Optional<String> unwell) {}
    };

    /// One stream of a node; equal to itself alone.
    interface NodeStream {
        /// Unique among the streams of this server.
        String id();

        Peer peer();

        /// Ends it. `reason` goes to the node.
        void refuse(String reason);
    }

    /// What becomes of a node that may have its configuration.
    sealed interface Arrival {
        /// @param node of which more may be known now
        record Welcome(ProxyNode node) implements Arrival {}

        /// @param reason in words for the node
        record TurnedAway(String reason) implements Arrival {}
    }

    Arrival arrived(NodeStream stream, ProxyNode node);

    /// One that had arrived is gone.
    void left(NodeStream stream);

    /// @param unwell why its application is not well; empty where it is
    void health(NodeStream stream, Optional<String> unwell);
}
