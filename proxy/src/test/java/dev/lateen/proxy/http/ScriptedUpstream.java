package dev.lateen.proxy.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP/1 server on a real socket that does as the test says, right or wrong.
final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /// Answers one request.
    interface Script {
        /// @param index of the request, counted over all connections from 0
        /// @param request head and body as they came
        void answer(int index, String request, Socket socket, OutputStream out) throws Exception;
    }

    ScriptedUpstream(Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    static ScriptedUpstream answering(String... responses) throws IOException {
        return new ScriptedUpstream((index, _, _, out) -> write(out, responses[Math.min(index, responses.length - 1)]));
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static String response(int status, String body) {
        return "HTTP/1.1 " + status + " Status\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> requests() {
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
            while (true) {
                String request = readRequest(in);
                if (request == null) {
                    return;
                }
                int index;
                synchronized (requests) {
                    index = requests.size();
                    requests.add(request);
                }
                script.answer(index, request, socket, socket.getOutputStream());
                if (socket.isClosed()) {
                    return;
                }
            }
        } catch (Exception _) {
            // The test sees it at its end of the exchange.
        }
    }

    static String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            bytes.write(b);
            head = b == '\n' ? bytes.toString(StandardCharsets.ISO_8859_1) : "";
        }
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        if (at >= 0) {
            int length = Integer.parseInt(
                    head.substring(at + 16, head.indexOf('\r', at)).strip());
            bytes.write(in.readNBytes(length));
        } else if (lower.contains("transfer-encoding: chunked")) {
            while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("0\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                bytes.write(b);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
