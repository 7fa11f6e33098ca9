package dev.lateen.proxy.jwt;

import java.util.List;

/// Which tokens a request must have.
///
/// Source: envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement. Thread: any (immutable).
public sealed interface JwtRequirement {
    /// A good token of this provider, and none there that is not.
    ///
    /// @param audiences in place of the provider's own; empty: those
    record Of(JwtProvider provider, List<String> audiences) implements JwtRequirement {}

    record AnyOf(List<JwtRequirement> requirements) implements JwtRequirement {}

    record AllOf(List<JwtRequirement> requirements) implements JwtRequirement {}

    /// No token, or a good one of one of these providers.
    ///
    /// @param failedToo whatever the token is
    record Optionally(List<JwtProvider> providers, boolean failedToo) implements JwtRequirement {}
}
