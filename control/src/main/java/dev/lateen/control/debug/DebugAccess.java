package dev.lateen.control.debug;

import com.sun.net.httpserver.HttpExchange;
import dev.lateen.control.identity.TokenAuthenticator;
import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.net.http.OwnHost;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/// Who may look at what the debug port shows, and change anything there. Pages of the web have no business here.
/// Where the port listens on all addresses, as in a cluster, what is below `/debug/` is for this machine, and for
/// whoever proves to be of the control plane's own namespace; where it was bound to one address, that was somebody's
/// choice.
///
/// Thread: any; may block for a token.
final class DebugAccess {
    private static final String BEARER = "bearer ";

    private final boolean everywhere;
    private final OwnHost own;
    private final TokenAuthenticator tokens;
    private final String namespace;

    /// @param own by what names it may be called
    /// @param namespace whose workloads may look
    DebugAccess(InetAddress boundTo, OwnHost own, TokenAuthenticator tokens, String namespace) {
        this.everywhere = boundTo.isAnyLocalAddress();
        this.own = own;
        this.tokens = tokens;
        this.namespace = namespace;
    }

    /// @param status of HTTP
    record Refusal(int status, String reason) {}

    /// Why this request is not answered; empty where it may be.
    Optional<Refusal> refusal(HttpExchange exchange) {
        return foreign(exchange).or(() -> stranger(exchange));
    }

    /// Why this request is none that an operator meant; empty where it may be.
    Optional<Refusal> foreign(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("host");
        if (!own.isMeant(host)) {
            return Optional.of(new Refusal(
                    421, "host: not a name of this control plane (expected: an address, localhost or its own name)\n"));
        }
        boolean changes = !exchange.getRequestMethod().equals("GET")
                && !exchange.getRequestMethod().equals("HEAD");
        if (changes && OwnHost.isForeign(exchange.getRequestHeaders().getFirst("origin"), host)) {
            return Optional.of(new Refusal(403, "origin: a page of another origin may change nothing here\n"));
        }
        return Optional.empty();
    }

    /// Who a request's token proves to be of the control plane's namespace, wherever it comes from; empty without one.
    Optional<String> proven(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return Optional.empty();
        }
        return switch (tokens.authenticate(header.substring(BEARER.length()).strip())) {
            case TokenVerdict.Known(var id, var _) when id.namespace().equals(namespace) -> Optional.of(id.toString());
            case TokenVerdict.Known _, TokenVerdict.Unknown _ -> Optional.empty();
        };
    }

    private Optional<Refusal> stranger(HttpExchange exchange) {
        if (!everywhere || exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            return Optional.empty();
        }
        String header = exchange.getRequestHeaders().getFirst("authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return Optional.of(new Refusal(
                    401,
                    "debug pages are for this machine, or with the token of a service account of " + namespace + "\n"));
        }
        return switch (tokens.authenticate(header.substring(BEARER.length()).strip())) {
            case TokenVerdict.Unknown(var reason) -> Optional.of(new Refusal(401, reason + "\n"));
            case TokenVerdict.Known(var id, var _) when id.namespace().equals(namespace) -> Optional.empty();
            case TokenVerdict.Known(var id, var _) ->
                Optional.of(new Refusal(403, id + " is not of namespace " + namespace + "\n"));
        };
    }
}
