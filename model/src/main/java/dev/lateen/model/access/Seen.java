package dev.lateen.model.access;

import java.util.List;
import java.util.Map;

/// What the server's proxy knows about a request or a connection. Thread: any.
///
/// @param http whether it is a request
/// @param peer `TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT` of the client's certificate; empty without one
/// @param claims of a token that was found good
/// @param direct address of the socket's other end, empty where unknown
/// @param remote address of the client behind proxies, empty where unknown
public record Seen(
        boolean http,
        String peer,
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
    /// The values of a claim, however it holds them.
    List<String> claim(List<String> path) {
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

    /// Issuer and subject of the token, empty without both.
    String requestPrincipal() {
        List<String> issuer = claim(List.of("iss"));
        List<String> subject = claim(List.of("sub"));
        return issuer.isEmpty() || subject.isEmpty() ? "" : issuer.getFirst() + "/" + subject.getFirst();
    }

    String pathWithoutQuery() {
        int query = path.indexOf('?');
        int fragment = path.indexOf('#');
        int end = query < 0 ? path.length() : query;
        return path.substring(0, fragment < 0 ? end : Math.min(end, fragment));
    }
}
