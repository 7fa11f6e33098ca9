package dev.lateen.e2e.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request, or a connection, and who makes it.
///
/// @param http whether it is a request
/// @param peer the identity of the client's certificate, such as `td/ns/a/sa/b`
/// @param claims of a token that was found good: text or lists of text
/// @param direct address of the socket's other end
/// @param remote address of the client behind proxies
record Caller(
        boolean http,
        Optional<String> peer,
        Map<String, Object> claims,
        String direct,
        String remote,
        String destination,
        int port,
        String sni,
        String method,
        String host,
        String path,
        Map<String, String> headers) {
    /// Empty where no token was presented.
    Optional<String> claim(String name) {
        return claims.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /// The values of a claim, however it holds them.
    List<String> claimValues(List<String> path) {
        Object at = claims;
        for (String key : path) {
            Object next = at instanceof Map<?, ?> map ? map.get(key) : null;
            if (next == null) {
                return List.of();
            }
            at = next;
        }
        if (at instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        return at instanceof String text ? List.of(text) : List.of();
    }

    /// The same from another address.
    Caller directlyFrom(String address) {
        return new Caller(http, peer, claims, address, remote, destination, port, sni, method, host, path, headers);
    }
}
