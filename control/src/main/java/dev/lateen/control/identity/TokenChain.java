package dev.lateen.control.identity;

import java.util.List;
import java.util.Optional;

/// Sends a token to whoever can say whose it is: by the issuer that it names, otherwise to Kubernetes. Nobody else sees
/// it, and the first answer counts.
///
/// Thread: any; may block.
///
/// @param own our own join tokens
/// @param issuers believed by their signatures
/// @param cluster asked about all others, where there is one
public record TokenChain(TokenAuthenticator own, List<IssuerTokens> issuers, Optional<TokenReviews> cluster)
        implements TokenAuthenticator {
    public TokenChain {
        issuers = List.copyOf(issuers);
    }

    @Override
    public TokenVerdict authenticate(String token) {
        String issuer = IssuerTokens.issuerOf(token);
        if (issuer.equals(JoinTokens.ISSUER)) {
            return own.authenticate(token);
        }
        for (IssuerTokens one : issuers) {
            if (one.issuer().equals(issuer)) {
                return one.authenticate(token);
            }
        }
        return cluster.<TokenAuthenticator>map(reviews -> reviews).orElse(own).authenticate(token);
    }
}
