package dev.lateen.e2e.policy;

import dev.lateen.model.tree.Fields;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A call of a table of fields, and what is to come of it.
///
/// @param tcp whether it is a connection without HTTP
/// @param as the client's identity, such as `td/ns/a/sa/b`; empty for a client without a certificate
/// @param from the socket's own address
/// @param behind the client's address behind proxies: `x-forwarded-for`, or for a connection that of a PROXY header
/// @param to the address called
/// @param path holds `TOKEN` where the token stands there
/// @param headers hold `TOKEN` where the token stands there
record FieldCall(
        boolean tcp,
        String as,
        String from,
        String behind,
        String to,
        int port,
        String sni,
        String method,
        String host,
        String path,
        Map<String, String> headers,
        Optional<Token> token,
        Expected expected) {

    /// @param by who signs it: `a`, `b` or `stranger`, who has the key id of `a`
    /// @param claims JSON without braces
    record Token(String by, String algorithm, String claims) {
        static final String PLACE = "TOKEN";

        static Token of(Fields in) {
            long now = System.currentTimeMillis() / 1000;
            StringBuilder claims =
                    new StringBuilder(in.text("claims", "\"iss\": \"https://a.test\", \"sub\": \"ann\""));
            in.integer("expires").ifPresent(s -> claims.append(",\"exp\":").append(now + s));
            in.integer("starts").ifPresent(s -> claims.append(",\"nbf\":").append(now + s));
            return new Token(in.text("by", "a"), in.text("alg", "RS256"), claims.toString());
        }
    }

    /// @param status of the response; of a connection 200 where it is served, 403 where it is ended
    /// @param says what the body holds
    /// @param has fields of the response, `-` for none
    /// @param told lines that the upstream's request holds
    /// @param untold texts that it does not hold
    /// @param logged what the access log says about the refusal
    record Expected(
            int status,
            String says,
            Map<String, String> has,
            List<String> told,
            List<String> untold,
            Optional<String> logged) {}

    /// @param status where the call names none
    static FieldCall of(Fields in, int status) {
        return new FieldCall(
                in.flag("tcp"),
                in.text("as", ""),
                in.text("from", "127.0.0.1"),
                in.text("behind", ""),
                in.text("to", "10.1.0.1"),
                in.integer("port").orElse(8080),
                in.text("sni", ""),
                in.text("method", "GET"),
                in.text("host", "shop.test"),
                in.text("path", "/"),
                in.textMap("headers"),
                in.object("token", Token::of),
                new Expected(
                        in.integer("is").orElse(status),
                        in.text("says", ""),
                        in.textMap("has"),
                        in.texts("told"),
                        in.texts("untold"),
                        in.text("logged")));
    }

    boolean placesToken() {
        return path.contains(Token.PLACE) || headers.values().stream().anyMatch(value -> value.contains(Token.PLACE));
    }

    /// As a reader of a report wants it: what differs from the usual.
    @Override
    public String toString() {
        return (tcp ? "connection to " + to : method + " " + host + path) + ":" + port + " from " + from
                + (behind.isEmpty() ? "" : " behind " + behind) + (as.isEmpty() ? "" : " as " + as)
                + (sni.isEmpty() ? "" : " for " + sni) + (headers.isEmpty() ? "" : " with " + headers)
                + token.map(t -> " token " + t).orElse("");
    }
}
