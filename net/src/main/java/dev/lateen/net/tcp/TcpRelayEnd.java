package dev.lateen.net.tcp;

/// Why a relay ended.
public enum TcpRelayEnd {
    /// Both ends said that they had finished, and all was delivered.
    FINISHED,
    /// The downstream connection broke or closed while the upstream one was still sending.
    DOWNSTREAM_CLOSED,
    /// The upstream connection broke or closed while the downstream one was still sending.
    UPSTREAM_CLOSED,
    /// Nothing moved for the idle timeout.
    IDLE_TIMEOUT,
    /// `TcpRelay.close` was called.
    LOCAL_CLOSE
}
