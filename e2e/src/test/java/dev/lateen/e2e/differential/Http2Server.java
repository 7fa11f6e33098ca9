package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Http2Peer;
import dev.lateen.e2e.behaviour.Http2Peer.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that speaks HTTP/2, keeps what it saw in the form of HTTP/1 and answers as `x-answer` asks.
///
/// Thread: one virtual thread a connection.
final class Http2Server implements AutoCloseable {
    private final String name;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    Http2Server(String name) throws IOException {
        this.name = name;
        this.listening = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    List<String> requests() {
        return requests;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        Map<Integer, StringBuilder> open = new HashMap<>();
        try (Http2Peer peer = Http2Peer.server(socket)) {
            while (true) {
                Frame frame = peer.next();
                StringBuilder request = open.computeIfAbsent(frame.stream(), _ -> new StringBuilder());
                if (frame.type() == Http2Peer.HEADERS && request.isEmpty()) {
                    request.append(head(frame.headers()));
                } else if (frame.type() == Http2Peer.DATA) {
                    request.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
                } else if (frame.type() == Http2Peer.RST_STREAM) {
                    open.remove(frame.stream());
                }
                if (frame.endsStream()) {
                    open.remove(frame.stream());
                    requests.add(request.toString());
                    answer(peer, frame.stream(), request.toString());
                }
            }
        } catch (Exception _) {
            // The proxy sees it at its own end.
        }
    }

    private static String head(List<String> fields) {
        Map<String, String> pseudo = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (String field : fields) {
            if (field.startsWith(":")) {
                int colon = field.indexOf(':', 1);
                pseudo.put(field.substring(0, colon), field.substring(colon + 2));
            } else {
                text.append(field).append("\r\n");
            }
        }
        return pseudo.get(":method") + " " + pseudo.get(":path") + " HTTP/2\r\nhost: " + pseudo.get(":authority")
                + "\r\nscheme: " + pseudo.get(":scheme") + "\r\n" + text + "\r\n";
    }

    private void answer(Http2Peer peer, int stream, String request) throws Exception {
        String wanted = Recorder.field(request, "x-answer");
        switch (wanted) {
            case "close" -> peer.reset(stream);
            case "hang" -> {
                // The proxy gives up.
            }
            default -> answer(peer, stream, wanted, request.startsWith("HEAD "));
        }
    }

    private void answer(Http2Peer peer, int stream, String wanted, boolean head) throws Exception {
        boolean grpc = wanted.startsWith("grpc");
        boolean message = wanted.startsWith("grpc+") && !head;
        int status = wanted.isEmpty() || grpc ? 200 : Integer.parseInt(wanted);
        List<String> fields = new ArrayList<>(
                List.of(":status: " + status, "x-up: " + name, "x-two: 1", "x-two: 2", "set-cookie: s=1"));
        if (status == 302) {
            fields.add("location: /elsewhere");
        }
        if (grpc) {
            fields.add("content-type: application/grpc");
        }
        if (grpc && !message) {
            fields.add("grpc-status: " + wanted.substring(5));
        }
        boolean body = message || !grpc && !head;
        peer.headers(stream, !body, fields.toArray(String[]::new));
        if (message) {
            peer.message(stream, false, name);
            peer.headers(stream, true, "grpc-status: " + wanted.substring(5), "grpc-message: done");
        } else if (body) {
            peer.send(Http2Peer.DATA, Http2Peer.END_STREAM, stream, name.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
