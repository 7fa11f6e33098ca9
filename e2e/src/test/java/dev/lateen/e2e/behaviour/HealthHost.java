package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that is checked: over HTTP/1.1 its path `/health` gets what the test says, all else 200 with the server's
/// name; as a gRPC server it answers the health service.
///
/// Thread: one virtual thread a connection.
final class HealthHost implements AutoCloseable {
    static final int SERVING = 1;
    static final int NOT_SERVING = 2;

    private final String name;
    private final ServerSocket server;
    private final boolean grpc;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> checks = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile String answer = ok("");
    private volatile int status = SERVING;
    private volatile boolean closes;
    private volatile boolean silent;

    private HealthHost(String name, boolean grpc) throws IOException {
        this.name = name;
        this.grpc = grpc;
        this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    static HealthHost http(String name) throws IOException {
        return new HealthHost(name, false);
    }

    static HealthHost grpc(String name) throws IOException {
        return new HealthHost(name, true);
    }

    static String ok(String body, String... fields) {
        return Upstream.response(200, body, fields);
    }

    int port() {
        return server.getLocalPort();
    }

    /// What checks get from now on, as it goes over the wire.
    void answers(String response) {
        answer = response;
        closes = false;
        silent = false;
    }

    void answers(int status) {
        answers(Upstream.response(status, ""));
    }

    /// Of the gRPC server.
    void serves(int status) {
        this.status = status;
    }

    /// Ends the connections of checks instead of answering.
    void closes() {
        closes = true;
    }

    void fallsSilent() {
        silent = true;
    }

    /// The checks so far, as they came.
    List<String> checks() {
        return checks;
    }

    /// Requests so far that were none.
    int requests() {
        return answered.get();
    }

    int connections() {
        return sockets.size();
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
            if (grpc) {
                serveGrpc(socket);
            } else {
                serveHttp(socket);
            }
        } catch (Exception _) {
            // The proxy ended it.
        }
    }

    private void serveHttp(Socket socket) throws IOException {
        while (true) {
            String request = Upstream.readRequest(socket.getInputStream()).orElse("");
            if (request.isEmpty()) {
                return;
            }
            if (!request.contains(" /health ")) {
                answered.incrementAndGet();
                String[] fields = request.contains("?leave")
                        ? new String[] {"x-envoy-immediate-health-check-fail: true"}
                        : new String[0];
                HttpClient.write(socket, Upstream.response(request.contains("?fail") ? 500 : 200, name, fields));
                continue;
            }
            checks.add(request);
            if (closes) {
                return;
            }
            if (!silent) {
                HttpClient.write(socket, answer);
            }
        }
    }

    private void serveGrpc(Socket socket) throws Exception {
        Http2Peer peer = Http2Peer.server(socket);
        String head = "";
        while (true) {
            Http2Peer.Frame frame = peer.next();
            if (frame.type() == Http2Peer.HEADERS) {
                head = String.join("\n", frame.headers());
            }
            if (frame.type() != Http2Peer.GOAWAY && frame.endsStream()) {
                checks.add(head + "\n" + new String(frame.payload(), StandardCharsets.ISO_8859_1));
                int id = frame.stream();
                peer.headers(id, false, ":status: 200", "content-type: application/grpc");
                peer.message(id, false, "\b" + (char) status);
                peer.headers(id, true, "grpc-status: 0");
            } else if (frame.type() == Http2Peer.DATA) {
                head += "\n" + new String(frame.payload(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
