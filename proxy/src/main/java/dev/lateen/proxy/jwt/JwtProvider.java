package dev.lateen.proxy.jwt;

import dev.lateen.proxy.config.HttpUri;
import java.time.Duration;
import java.util.List;

/// An issuer whose tokens are accepted.
///
/// Source: envoy.extensions.filters.http.jwt_authn.v3.JwtProvider. Thread: any (immutable).
///
/// @param issuer empty: any
/// @param audiences one of which a token must be for, without `https://` before and `/` behind; empty: any
public record JwtProvider(
        String name,
        String issuer,
        List<String> audiences,
        long clockSkewSeconds,
        List<TokenLocation> locations,
        Output output,
        Keys keys) {
    /// What a good token leaves behind.
    ///
    /// @param forward leave the token in the request
    /// @param payloadHeader header that gets the claims in base64url; empty: none
    /// @param padded with `=` at the end of it
    /// @param payloadKey under which the claims get into the metadata; empty: not
    /// @param headerKey the same for the token's header
    /// @param spaceDelimited claims that become lists in the metadata
    /// @param reroutes whether the route is decided again
    record Output(
            boolean forward,
            String payloadHeader,
            boolean padded,
            String payloadKey,
            String headerKey,
            List<ClaimHeader> claims,
            List<String> spaceDelimited,
            boolean reroutes) {}

    /// @param path to the claim
    record ClaimHeader(String header, List<String> path) {}

    /// Where the keys come from.
    sealed interface Keys {}

    record LocalKeys(KeySet set) implements Keys {}

    /// @param early whether they are fetched before somebody needs them
    /// @param retryAfter after the first failure; doubles with every further one
    record FetchedKeys(HttpUri uri, Duration validity, boolean early, Duration retryAfter, int retries)
            implements Keys {}
}
