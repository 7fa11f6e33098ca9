package dev.lateen.e2e.policy;

import dev.lateen.e2e.behaviour.TokenIssuer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;

/// Makes a caller's connection: its address by binding to it, its identity by its certificate, what lies behind proxies
/// by a PROXY header and `x-forwarded-for`, its claims by a signed token.
///
/// Thread: any.
final class WireCall {
    private static final int TIMEOUT_MILLIS = 20_000;
    /// Enough to tell that it is no TLS.
    private static final String WORDS = "hello, is anybody there?";

    private final Identities identities;
    private final TokenIssuer issuer;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    WireCall(Identities identities, TokenIssuer issuer) {
        this.identities = identities;
        this.issuer = issuer;
    }

    /// Whether a caller can be real: a PROXY header holds addresses of one family, and servers need not know the
    /// method `get`.
    static boolean canBeMade(Caller caller) {
        return caller.http() ? !caller.method().equals("get") : isV6(caller.remote()) == isV6(caller.destination());
    }

    static boolean isV6(String address) {
        return address.indexOf(':') >= 0;
    }

    /// @param port of the proxy, for the family of the caller's own address
    /// @param sourcePort in the PROXY header
    /// @return whether the caller got what it wanted
    boolean isServed(Caller caller, int port, int sourcePort) throws IOException {
        InetAddress from = InetAddress.getByName(caller.direct());
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress(from, 0));
            plain.connect(new InetSocketAddress(from, port), TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            plain.setTcpNoDelay(true);
            write(plain, proxyHeader(caller, sourcePort));
            if (caller.peer().isEmpty() && caller.sni().isEmpty()) {
                return ask(caller, plain);
            }
            try (Socket secure = secure(identities.client(caller.peer()), caller.sni(), plain)) {
                return ask(caller, secure);
            }
        }
    }

    private static String proxyHeader(Caller caller, int sourcePort) {
        boolean v6 = isV6(caller.destination());
        String behind = v6 ? "2001:db8:ffff::1" : "203.0.113.1";
        return "PROXY %s %s %s %d %d\r\n"
                .formatted(
                        v6 ? "TCP6" : "TCP4",
                        caller.http() ? behind : caller.remote(),
                        caller.destination(),
                        sourcePort,
                        caller.port());
    }

    /// @param sni the server's name; empty for none
    static Socket secure(SSLContext client, String sni, Socket plain) throws IOException {
        // The JDK resumes sessions by the host that is named here, under the server name that they began with.
        String host = sni.isEmpty() ? plain.getInetAddress().getHostAddress() : sni;
        SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(sni.isEmpty() ? List.of() : List.of(new AnyName(sni)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /// A server name with letters that the JDK does not expect in one, as meshes use them.
    private static final class AnyName extends SNIServerName {
        AnyName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private boolean ask(Caller caller, Socket socket) throws IOException {
        return caller.http() ? request(caller, socket) : relay(socket);
    }

    /// Refused connections end before the upstream's echo.
    private static boolean relay(Socket socket) {
        try {
            write(socket, WORDS);
            InputStream in = socket.getInputStream();
            return in.read() == WORDS.charAt(0);
        } catch (IOException _) {
            return false;
        }
    }

    private boolean request(Caller caller, Socket socket) throws IOException {
        StringBuilder head =
                new StringBuilder("%s %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\nx-forwarded-for: %s\r\n"
                        .formatted(caller.method(), caller.path(), caller.host(), caller.remote()));
        caller.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (!caller.claims().isEmpty()) {
            head.append("authorization: Bearer ").append(token(caller.claims())).append("\r\n");
        }
        if (!caller.method().equals("GET")) {
            head.append("content-length: 0\r\n");
        }
        write(socket, head.append("\r\n").toString());
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = in.readLine();
        if (line != null && line.startsWith("HTTP/1.1 200 ")) {
            return true;
        }
        if (line != null && line.startsWith("HTTP/1.1 403 ")) {
            return false;
        }
        throw new IOException("neither served nor refused: " + line);
    }

    private String token(Map<String, Object> claims) {
        String json = json(claims);
        return tokens.computeIfAbsent(json.substring(1, json.length() - 1), inner -> {
            try {
                return issuer.token(inner);
            } catch (GeneralSecurityException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        });
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> "\"" + e.getKey() + "\":" + json(e.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(WireCall::json).collect(Collectors.joining(",", "[", "]"));
        }
        return "\"" + value + "\"";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
