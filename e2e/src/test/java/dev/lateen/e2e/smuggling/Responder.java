package dev.lateen.e2e.smuggling;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A server that answers with an input's bytes where a target holds its token, and rightly otherwise; it never ends a
/// connection by itself.
///
/// Thread: one virtual thread a connection.
final class Responder implements Backend {
    private final ServerSocket server;
    private final Map<String, Attack> attacks = new ConcurrentHashMap<>();

    Responder(List<Attack> attacks) {
        attacks.forEach(attack -> this.attacks.put("/" + attack.token(), attack));
        try {
            server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                String[] line = head.substring(0, head.indexOf('\r')).split(" ");
                Attack attack = attacks.get(line[1]);
                String body = new Seen(line[0], line[1], "").answer();
                String answer = attack != null
                        ? Notation.read(attack.text().split(" \\| ", 2)[1], attack.token())
                        : "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
                socket.getOutputStream().write(Notation.bytes(answer));
                socket.getOutputStream().flush();
            }
        } catch (IOException _) {
            // The proxy has ended the connection.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (b == '\n' && head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    /// The responses on a connection, one after the other as a client reads them; the last may be cut off.
    ///
    /// @param method of the first request; the others are GET
    static List<String> split(String method, String bytes) {
        List<String> responses = new java.util.ArrayList<>();
        int at = 0;
        while (at < bytes.length()) {
            int end = bytes.indexOf("\r\n\r\n", at);
            if (end < 0) {
                responses.add(bytes.substring(at));
                break;
            }
            String head = bytes.substring(at, end + 2).toLowerCase(java.util.Locale.ROOT);
            int status = head.startsWith("http/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
            int next = end + 4;
            boolean first = responses.isEmpty();
            if (status >= 200 && status != 204 && status != 304 && !(first && method.equals("HEAD"))) {
                next = bodyEnd(bytes, head, next);
            }
            if (status >= 200 || status < 100) {
                responses.add(bytes.substring(at, Math.min(next, bytes.length())));
            }
            at = next;
        }
        return responses;
    }

    private static int bodyEnd(String bytes, String head, int start) {
        int length = head.indexOf("\r\ncontent-length: ");
        if (length >= 0) {
            return start + Integer.parseInt(head.substring(length + 18, head.indexOf('\r', length + 2)));
        }
        if (head.contains("\r\ntransfer-encoding: chunked")) {
            int end = bytes.indexOf("\r\n0\r\n\r\n", start - 2);
            return end < 0 ? bytes.length() : end + 7;
        }
        return bytes.length();
    }

    @Override
    public String name() {
        return "responder";
    }

    @Override
    public int port() {
        return server.getLocalPort();
    }

    @Override
    public boolean http2() {
        return false;
    }

    @Override
    public List<Seen> seen() {
        return List.of();
    }

    @Override
    public List<String> complaints() {
        return List.of();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
