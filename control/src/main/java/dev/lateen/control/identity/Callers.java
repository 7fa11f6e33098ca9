package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import dev.lateen.xds.server.Gate;
import dev.lateen.xds.server.Peer;
import dev.lateen.xds.server.Proof;
import java.util.Optional;

/// Finds out who calls: by the client certificate, which the transport has verified, or else by a token. As the secure
/// port's gate it does so once for each call, before anything of it is read; whoever serves the call is told the same.
///
/// Thread: any; may block for a peer that no gate has looked at.
public final class Callers implements Gate {
    private final TokenAuthenticator tokens;
    private final String trustDomain;

    public Callers(TokenAuthenticator tokens, String trustDomain) {
        this.tokens = tokens;
        this.trustDomain = trustDomain;
    }

    @Override
    public Proof check(Peer peer, String service) {
        return authenticate(peer);
    }

    public TokenVerdict authenticate(Peer peer) {
        if (peer.proof() instanceof TokenVerdict known) {
            return known;
        }
        if (!peer.encrypted()) {
            return new TokenVerdict.Unknown("the connection is not encrypted");
        }
        if (!peer.chain().isEmpty()) {
            Optional<SpiffeId> id = SpiffeId.of(peer.chain().getFirst());
            if (id.isEmpty() || !id.get().trustDomain().equals(trustDomain)) {
                return new TokenVerdict.Unknown(
                        "the client certificate carries no SPIFFE id of trust domain " + trustDomain);
            }
            return new TokenVerdict.Known(id.get());
        }
        return peer.bearer()
                .map(tokens::authenticate)
                .orElseGet(() -> new TokenVerdict.Unknown("neither a client certificate nor a bearer token"));
    }
}
