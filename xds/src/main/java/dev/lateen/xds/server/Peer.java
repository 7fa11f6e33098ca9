package dev.lateen.xds.server;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What the transport proves or carries about a caller.
///
/// Thread: any (immutable).
///
/// @param address the remote socket, for logs
/// @param encrypted whether the call came over TLS
/// @param chain the verified client certificate, leaf first; empty where the caller showed none
/// @param bearer the token of the `authorization` header
/// @param proof what the port's `Gate` has found out
public record Peer(
        String address, boolean encrypted, List<X509Certificate> chain, Optional<String> bearer, Proof proof) {
    public Peer {
        chain = List.copyOf(chain);
    }

    /// As the transport knows it, before anybody has checked it.
    public Peer(String address, boolean encrypted, List<X509Certificate> chain, Optional<String> bearer) {
        this(address, encrypted, chain, bearer, Proof.NONE);
    }

    Peer proved(Proof found) {
        return new Peer(address, encrypted, chain, bearer, found);
    }

    @Override
    public String toString() {
        return "Peer[" + address + (encrypted ? ", TLS" : ", plaintext") + "]";
    }
}
