package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import dev.lateen.xds.server.Peer;
import java.util.Optional;

/// Finds out who calls: by the client certificate, which the transport has verified, or else by a token.
///
/// Thread: any; may block.
public final class Callers {
    private final TokenAuthenticator tokens;
    private final String trustDomain;

    public Callers(TokenAuthenticator tokens, String trustDomain) {
        this.tokens = tokens;
        this.trustDomain = trustDomain;
    }

    public TokenVerdict authenticate(Peer peer) {
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
