package dev.lateen.xds.server;

import java.util.Optional;

/// How far one proxy is with one resource type.
///
/// @param wildcard whether it asked for all
/// @param names how many it asked for by name
/// @param resources how many the last response would have held in full
/// @param rejected the last rejection, until a later response is accepted
public record TypeStatus(
        boolean wildcard,
        int names,
        int resources,
        Optional<PushEvent> sent,
        Optional<PushEvent> accepted,
        Optional<PushEvent> rejected) {

    /// Whether the proxy has answered the last response with yes.
    public boolean synced() {
        return sent.isPresent()
                && accepted.isPresent()
                && sent.get().nonce().equals(accepted.get().nonce());
    }
}
