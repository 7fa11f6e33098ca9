package dev.lateen.net.tcp;

/// Told once when a relay has ended; its counters are final.
///
/// Thread: event loop of the relay.
@FunctionalInterface
public interface TcpRelayListener {
    void onEnded(TcpRelay relay, TcpRelayEnd end);
}
