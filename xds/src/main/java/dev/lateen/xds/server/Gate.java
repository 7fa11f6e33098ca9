package dev.lateen.xds.server;

/// Looks at each caller of a port before anything that it sends is read: what strangers send costs no memory.
public interface Gate {
    /// Lets everybody in and knows nothing of them; for ports on loopback.
    Gate OPEN = (_, _) -> Proof.NONE;

    /// @param service of gRPC that the caller wants
    ///
    /// Thread: the connection's loop where the caller shows a certificate or nothing; a virtual thread where it
    /// shows a token: only then may it block.
    Proof check(Peer peer, String service);
}
