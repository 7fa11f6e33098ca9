package dev.lateen.e2e.policy;

import dev.lateen.e2e.behaviour.Reply;
import dev.lateen.e2e.behaviour.TokenIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;

/// Makes the calls of a table: identities by certificates, addresses by sockets, PROXY headers and `x-forwarded-for`,
/// tokens by their signatures.
///
/// Thread: any.
record FieldWire(Identities identities, Map<String, TokenIssuer> issuers) {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String WORDS = "hello, is anybody there?";

    /// @param mark for the access log
    Reply ask(FieldCall call, int port, int sourcePort, String mark) throws IOException, GeneralSecurityException {
        try (Socket socket = connect(call, port, sourcePort)) {
            write(socket, head(call, mark));
            return Reply.read(socket.getInputStream(), call.method());
        }
    }

    /// Whether the server's answer comes.
    boolean connects(FieldCall call, int port, int sourcePort) {
        try (Socket socket = connect(call, port, sourcePort)) {
            write(socket, WORDS);
            return socket.getInputStream().read() == WORDS.charAt(0);
        } catch (IOException _) {
            return false;
        }
    }

    private Socket connect(FieldCall call, int port, int sourcePort) throws IOException {
        Socket plain = new Socket();
        plain.bind(new InetSocketAddress(InetAddress.getByName(call.from()), 0));
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
        plain.setSoTimeout(TIMEOUT_MILLIS);
        plain.setTcpNoDelay(true);
        String behind = call.tcp() && !call.behind().isEmpty() ? call.behind() : "203.0.113.9";
        write(plain, "PROXY TCP4 %s %s %d %d\r\n".formatted(behind, call.to(), sourcePort, call.port()));
        return call.as().isEmpty() && call.sni().isEmpty()
                ? plain
                : WireCall.secure(
                        identities.client(Optional.of(call.as()).filter(as -> !as.isEmpty())), call.sni(), plain);
    }

    private String head(FieldCall call, String mark) throws GeneralSecurityException {
        String token = call.token().isPresent() ? sign(call.token().get()) : "";
        StringBuilder head = new StringBuilder("%s %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\nuser-agent: %s\r\n"
                .formatted(call.method(), call.path().replace(FieldCall.Token.PLACE, token), call.host(), mark));
        if (!call.behind().isEmpty()) {
            head.append("x-forwarded-for: ").append(call.behind()).append("\r\n");
        }
        call.headers()
                .forEach((name, value) -> head.append(name)
                        .append(": ")
                        .append(value.replace(FieldCall.Token.PLACE, token))
                        .append("\r\n"));
        if (!token.isEmpty() && !call.placesToken()) {
            head.append("authorization: Bearer ").append(token).append("\r\n");
        }
        if (!call.method().equals("GET")) {
            head.append("content-length: 0\r\n");
        }
        return head.append("\r\n").toString();
    }

    private String sign(FieldCall.Token token) throws GeneralSecurityException {
        TokenIssuer issuer = issuers.get(token.by());
        return issuer.token(token.algorithm(), token.claims());
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
