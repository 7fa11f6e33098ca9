package dev.lateen.model.access;

import java.util.Map;

/// A request, or a connection, that somebody would make.
///
/// @param service host name, short or whole
/// @param port of the service; 0 for its only or first one
/// @param method `TCP` for a connection instead of a request
/// @param path with its query, if there is one
/// @param headers names in lower case; `host` replaces the service's name
/// @param claims of the token that it brings, text or lists of text, nested in maps; empty without a token
/// @param from address that the server sees; empty for the client's own
/// @param remote address of the client behind proxies; empty for the same
/// @param sni server name of the client's TLS; empty for what a proxy would send
public record AccessQuestion(
        AccessClient client,
        String service,
        int port,
        String method,
        String path,
        Map<String, String> headers,
        Map<String, Object> claims,
        String from,
        String remote,
        String sni) {
    public static final String CONNECTION = "TCP";

    public AccessQuestion {
        headers = Map.copyOf(headers);
        claims = Map.copyOf(claims);
    }
}
