package dev.lateen.proxy.jwt;

import dev.lateen.proxy.route.RouteMatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which requests need which tokens.
///
/// Source: envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication. Thread: any (immutable).
///
/// @param rules the first that matches holds; none: no token is needed
/// @param named requirements that routes refer to
/// @param terse refusals say nothing of why
public record JwtConfig(
        List<JwtProvider> providers,
        List<Rule> rules,
        Map<String, JwtRequirement> named,
        boolean bypassesPreflights,
        boolean terse,
        String statPrefix) {
    /// @param requirement absent: no token is needed
    public record Rule(RouteMatch match, Optional<JwtRequirement> requirement) {}

    /// Headers that only this filter may set: whatever a client sends in them is removed.
    public List<String> reservedHeaders() {
        return providers.stream()
                .flatMap(provider -> java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(provider.output().payloadHeader()),
                        provider.output().claims().stream().map(JwtProvider.ClaimHeader::header)))
                .filter(header -> !header.isEmpty())
                .distinct()
                .toList();
    }
}
