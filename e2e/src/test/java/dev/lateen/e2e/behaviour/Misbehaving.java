package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// An upstream that fails in the way that the request's path names.
final class Misbehaving {
    private final Upstream upstream;

    Misbehaving() throws IOException {
        this.upstream = new Upstream(this::answer);
    }

    Upstream upstream() {
        return upstream;
    }

    /// Paths are `/WAY/ARGUMENT?TOKEN`; the token tells exchanges apart.
    private void answer(String request, Socket socket) throws Exception {
        String target = request.split(" ")[1];
        String[] parts = target.split("[/?]");
        String token = target.contains("?") ? target.substring(target.indexOf('?')) : target;
        switch (parts[1]) {
            case "status" -> say(socket, Upstream.response(Integer.parseInt(parts[2]), "from upstream"));
            // Fails twice, then succeeds.
            case "twice" -> failUntil(socket, token, 3, parts[2]);
            case "once" -> failUntil(socket, token, 2, parts[2]);
            case "fail" -> fail(socket, parts[2]);
            case "marked" -> say(socket, Upstream.response(404, "", "x-retry-me: 1"));
            case "slow-body" -> {
                say(socket, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
                awaitEnd(socket);
            }
            default -> say(socket, Upstream.response(200, "fine"));
        }
    }

    private void failUntil(Socket socket, String token, int successAt, String way) throws Exception {
        if (upstream.count(token) >= successAt) {
            say(socket, Upstream.response(200, "fine"));
        } else {
            fail(socket, way);
        }
    }

    private static void fail(Socket socket, String way) throws Exception {
        switch (way) {
            case "reset" -> Upstream.reset(socket);
            case "close" -> socket.close();
            case "hang" -> awaitEnd(socket);
            case "garbage" -> {
                say(socket, "!!! this is not HTTP\r\n\r\n");
                awaitEnd(socket);
            }
            case "half-head" -> {
                say(socket, "HTTP/1.1 200 OK\r\ncontent-le");
                socket.close();
            }
            case "half-body" -> {
                say(socket, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
                socket.close();
            }
            case "half-chunked" -> {
                say(socket, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
                socket.close();
            }
            case "bad-chunk" -> {
                say(socket, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nabc\r\n");
                awaitEnd(socket);
            }
            case "huge-head" -> {
                say(socket, "HTTP/1.1 200 OK\r\nx-big: " + "a".repeat(200_000) + "\r\ncontent-length: 0\r\n\r\n");
                awaitEnd(socket);
            }
            case "both-lengths" -> {
                say(socket, "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
                awaitEnd(socket);
            }
            case "two-lengths" -> {
                say(socket, "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd");
                awaitEnd(socket);
            }
            default -> say(socket, Upstream.response(Integer.parseInt(way), "failed"));
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        HttpClient.write(socket, text);
    }

    /// Waits until the proxy gives up.
    private static void awaitEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        while (in.read() >= 0) {
            // What else the proxy sends is of no interest.
        }
        socket.close();
    }
}
