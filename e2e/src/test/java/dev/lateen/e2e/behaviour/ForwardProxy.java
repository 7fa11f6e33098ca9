package dev.lateen.e2e.behaviour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that is asked for tunnels, by CONNECT or POST, and does with each what the first label of its destination
/// says: `open.test:443`. An open tunnel says `first `, then each line again in upper case.
///
/// Thread: one virtual thread a connection.
final class ForwardProxy implements AutoCloseable {
    private final ServerSocket server;
    private final boolean http2;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> resets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, AtomicInteger> byHost = new ConcurrentHashMap<>();

    ForwardProxy(boolean http2) throws IOException {
        this.http2 = http2;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Heads of questions so far, lower case, one field a line.
    List<String> asked() {
        return asked;
    }

    /// Destinations whose streams the client has reset.
    List<String> resets() {
        return resets;
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (http2) {
                new Streams(socket).serve();
            } else {
                serveHttp1(socket);
            }
        } catch (Exception _) {
            // The client ended it.
        }
    }

    private int timesAsked(String host) {
        return byHost.computeIfAbsent(host, _ -> new AtomicInteger()).incrementAndGet();
    }

    // ---- HTTP/1.1

    private void serveHttp1(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        StringBuilder head = new StringBuilder();
        String host = "";
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            String field = line.toLowerCase(Locale.ROOT);
            head.append(field).append('\n');
            host = field.startsWith("host: ") ? field.substring(6).split("\\.")[0] : host;
        }
        if (head.isEmpty()) {
            return;
        }
        asked.add(head.toString());
        boolean post = head.toString().startsWith("post ");
        switch (host) {
            case "open" -> talk(socket, in, post, "");
            case "interim" -> talk(socket, in, post, "HTTP/1.1 103 Soon\r\n\r\n");
            case "created" -> {
                HttpClient.write(socket, "HTTP/1.1 201 Created\r\n\r\n");
                in.readLine();
            }
            case "refused" -> HttpClient.write(socket, "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
            case "flaky" -> {
                if (timesAsked(host) == 1) {
                    HttpClient.write(socket, "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
                } else {
                    talk(socket, in, post, "");
                }
            }
            case "garbage" -> HttpClient.write(socket, "220 mail.test\r\n\r\nhello");
            case "silent" -> read(in);
            case "closed" -> socket.close();
            default -> throw new AssertionError(host);
        }
    }

    private static void read(BufferedReader in) throws IOException {
        String line;
        do {
            line = in.readLine();
        } while (line != null);
    }

    /// A POST's bytes come as chunks of one line each, and go so.
    private static void talk(Socket socket, BufferedReader in, boolean post, String before) throws IOException {
        String head = before + "HTTP/1.1 200 OK\r\nvia: test\r\n";
        HttpClient.write(
                socket, post ? head + "transfer-encoding: chunked\r\n\r\n6\r\nfirst \r\n" : head + "\r\nfirst ");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!post) {
                HttpClient.write(socket, line.toUpperCase(Locale.ROOT) + "\n");
            } else if (line.equals("0")) {
                HttpClient.write(socket, "0\r\n\r\n");
                return;
            } else {
                String text = in.readLine().toUpperCase(Locale.ROOT) + "\n";
                in.readLine();
                HttpClient.write(socket, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
            }
        }
    }

    // ---- HTTP/2

    /// The streams of one connection.
    private final class Streams {
        private final Socket socket;
        private final Http2Peer peer;
        private final Map<Integer, String> hosts = new ConcurrentHashMap<>();

        Streams(Socket socket) throws IOException {
            this.socket = socket;
            this.peer = Http2Peer.server(socket);
        }

        void serve() throws Exception {
            while (!socket.isClosed()) {
                Http2Peer.Frame frame = peer.next();
                switch (frame.type()) {
                    case Http2Peer.HEADERS -> answer(frame);
                    case Http2Peer.DATA -> echo(frame);
                    case Http2Peer.RST_STREAM -> resets.add(hosts.getOrDefault(frame.stream(), ""));
                    default -> {
                        // GOAWAY and the like.
                    }
                }
            }
        }

        private void answer(Http2Peer.Frame frame) throws Exception {
            int id = frame.stream();
            String head = String.join("\n", frame.headers());
            asked.add(head.toLowerCase(Locale.ROOT) + "\n");
            String host = head.substring(head.indexOf(":authority: ") + 12).split("\\.")[0];
            hosts.put(id, host);
            switch (host) {
                case "open", "narrow", "127" -> open(id);
                case "interim" -> {
                    peer.headers(id, false, ":status: 103");
                    open(id);
                }
                case "created" -> peer.headers(id, false, ":status: 201");
                case "refused" -> peer.headers(id, false, ":status: 403");
                case "ended" -> peer.headers(id, true, ":status: 200");
                case "reset" -> peer.reset(id);
                case "flaky" -> {
                    if (timesAsked(host) == 1) {
                        peer.send(Http2Peer.RST_STREAM, 0, id, new byte[] {0, 0, 0, 7});
                    } else {
                        open(id);
                    }
                }
                case "broken", "lost" -> open(id);
                case "leaving" -> {
                    peer.send(Http2Peer.GOAWAY, 0, 0, new byte[] {0, 0, 0, (byte) id, 0, 0, 0, 0});
                    open(id);
                }
                case "done" -> {
                    // All of an answer, and no more of the question.
                    open(id);
                    peer.send(Http2Peer.DATA, Http2Peer.END_STREAM, id, new byte[0]);
                    peer.send(Http2Peer.RST_STREAM, 0, id, new byte[] {0, 0, 0, 0});
                }
                case "silent" -> {}
                case "closed" -> socket.close();
                default -> throw new AssertionError(host);
            }
        }

        private void open(int id) throws Exception {
            peer.headers(id, false, ":status: 200", "via: test");
            peer.send(Http2Peer.DATA, 0, id, "first ".getBytes(StandardCharsets.US_ASCII));
        }

        private void echo(Http2Peer.Frame frame) throws Exception {
            switch (hosts.getOrDefault(frame.stream(), "")) {
                case "broken" -> peer.reset(frame.stream());
                case "lost" -> socket.close();
                default -> {
                    String text = new String(frame.payload(), StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
                    peer.send(
                            Http2Peer.DATA,
                            frame.endsStream() ? Http2Peer.END_STREAM : 0,
                            frame.stream(),
                            text.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
