package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that takes HTTP/1 and HTTP/2, without TLS, and says in each answer by which of them the request came
/// (`x-version`), and on which of its connections (`x-connection`, from 1).
///
/// Thread: one virtual thread a connection of HTTP/1, and a stream of HTTP/2.
final class VersionedServer implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Set<Integer> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /// Which status a request gets, and when.
    interface Script {
        /// @param head in lower case
        int status(String head) throws Exception;
    }

    VersionedServer(Script script) throws IOException {
        this.script = script;
        this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Whether the client has not ended that connection yet.
    boolean isOpen(int connection) {
        return open.contains(connection);
    }

    /// Requests so far whose head holds `token`.
    long count(String token) {
        return requests.stream().filter(head -> head.contains(token)).count();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                int connection = sockets.size();
                open.add(connection);
                Thread.startVirtualThread(() -> serve(socket, connection));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            String request = Upstream.readRequest(socket.getInputStream()).orElse("");
            if (request.equals(Http2Peer.REQUEST_LIKE)) {
                streams(Http2Peer.begunServer(socket), connection);
            }
            while (!request.isEmpty()) {
                int status = status(request);
                HttpClient.write(socket, Upstream.response(status, "", "x-version: 1", "x-connection: " + connection));
                request = Upstream.readRequest(socket.getInputStream()).orElse("");
            }
        } catch (Exception _) {
            // The client ended it.
        } finally {
            open.remove(connection);
        }
    }

    private void streams(Http2Peer peer, int connection) throws Exception {
        while (true) {
            Http2Peer.Frame frame = peer.next();
            if (frame.type() == Http2Peer.HEADERS) {
                Thread.startVirtualThread(() -> answer(peer, frame, connection));
            }
        }
    }

    private void answer(Http2Peer peer, Http2Peer.Frame frame, int connection) {
        try {
            String status = ":status: " + status(String.join("\n", frame.headers()));
            synchronized (peer) {
                peer.headers(frame.stream(), true, status, "x-version: 2", "x-connection: " + connection);
            }
        } catch (Exception _) {
            // The client ended it.
        }
    }

    private int status(String request) throws Exception {
        String head = request.toLowerCase(Locale.ROOT);
        requests.add(head);
        return script.status(head);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
