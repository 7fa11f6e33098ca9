package dev.lateen.e2e.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP/1 server on a real socket that does as the test says, right or wrong.
///
/// Thread: one virtual thread a connection.
public final class Upstream implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /// Answers one request.
    public interface Script {
        /// @param request head and body as they came
        void answer(String request, Socket socket) throws Exception;
    }

    public Upstream(Script script) throws IOException {
        this(InetAddress.getLoopbackAddress(), 0, script);
    }

    /// @param port 0 for any that is free
    Upstream(InetAddress address, int port, Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(port, 128, address);
        Thread.startVirtualThread(this::accept);
    }

    /// Answers every request with 200 and this body.
    static Upstream saying(String body) throws IOException {
        return new Upstream((_, socket) -> HttpClient.write(socket, response(200, body)));
    }

    /// Answers with the request's own head as the body.
    public static Upstream echo() throws IOException {
        return new Upstream((request, socket) -> HttpClient.write(socket, response(200, request)));
    }

    public static String response(int status, String body, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return "HTTP/1.1 " + status + " Status\r\ncontent-length: " + body.length() + "\r\n" + more + "\r\n" + body;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// Requests so far whose first line holds `token`.
    long count(String token) {
        return requests.stream()
                .filter(request -> request.lines().findFirst().orElse("").contains(token))
                .count();
    }

    /// Connections so far.
    int connections() {
        return sockets.size();
    }

    /// Those so far, as they came.
    public List<String> requests() {
        return requests;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (!socket.isClosed()) {
                Optional<String> request = readRequest(in);
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request.get());
                script.answer(request.get(), socket);
            }
        } catch (Exception _) {
            // The test sees it at its own end of the exchange.
        }
    }

    /// The body of a request as it was seen, without the sizes of chunks.
    static String body(String request) {
        int start = request.indexOf("\r\n\r\n") + 4;
        if (!request.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            return request.substring(start);
        }
        StringBuilder body = new StringBuilder();
        int at = start;
        int size = 1;
        while (size > 0) {
            int line = request.indexOf("\r\n", at);
            size = Integer.parseInt(request.substring(at, line), 16);
            body.append(request, line + 2, line + 2 + size);
            at = line + 4 + size;
        }
        return body.toString();
    }

    static Optional<String> readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!readThrough(in, bytes, "\r\n\r\n")) {
            return Optional.empty();
        }
        String head = bytes.toString(StandardCharsets.ISO_8859_1);
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(
                    head.substring(at + 18, head.indexOf('\r', at + 2)).strip());
            bytes.write(in.readNBytes(length));
        } else if (lower.contains("transfer-encoding: chunked")) {
            String line;
            do {
                line = Reply.line(in);
                bytes.writeBytes((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                int size = Integer.parseInt(line.split(";")[0].strip(), 16);
                bytes.write(in.readNBytes(size == 0 ? 0 : size + 2));
            } while (!line.startsWith("0"));
            do {
                line = Reply.line(in);
                bytes.writeBytes((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            } while (!line.isEmpty());
        }
        return Optional.of(bytes.toString(StandardCharsets.ISO_8859_1));
    }

    private static boolean readThrough(InputStream in, ByteArrayOutputStream bytes, String end) throws IOException {
        byte[] wanted = end.getBytes(StandardCharsets.ISO_8859_1);
        int matched = 0;
        while (matched < wanted.length) {
            int b = in.read();
            if (b < 0) {
                return false;
            }
            bytes.write(b);
            matched = b == wanted[matched] ? matched + 1 : b == wanted[0] ? 1 : 0;
        }
        return true;
    }

    /// Ends the connection with a TCP reset.
    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
