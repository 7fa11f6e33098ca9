package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Clients that have had one answer each and keep their connections.
final class IdleConnections implements AutoCloseable {
    private static final byte[] REQUEST =
            "GET /api/users/1 HTTP/1.1\r\nhost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ENOUGH = 2048;

    private final List<Socket> sockets = new ArrayList<>();

    private IdleConnections() {}

    static IdleConnections open(int port, int count) throws IOException {
        IdleConnections all = new IdleConnections();
        byte[] answer = new byte[ENOUGH];
        for (int index = 0; index < count; index++) {
            Socket socket = new Socket("127.0.0.1", port);
            all.sockets.add(socket);
            socket.getOutputStream().write(REQUEST);
            InputStream in = socket.getInputStream();
            int read = in.read(answer);
            if (read < 0 || !new String(answer, 0, read, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200")) {
                all.close();
                throw new IllegalStateException("connection " + index + " had no answer");
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
