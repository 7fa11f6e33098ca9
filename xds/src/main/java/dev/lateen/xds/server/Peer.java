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
public record Peer(String address, boolean encrypted, List<X509Certificate> chain, Optional<String> bearer) {
    public Peer {
        chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
        return "Peer[" + address + (encrypted ? ", TLS" : ", plaintext") + "]";
    }
}
