package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// An HTTP/1 client that sends what it is told, right or wrong.
record HttpClient(int port) {
    private static final int TIMEOUT_MILLIS = 15_000;

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /// @param fields further field lines, such as `x-a: 1`
    Reply get(String path, String... fields) throws IOException {
        return call("GET", path, fields);
    }

    Reply call(String method, String path, String... fields) throws IOException {
        return send(head(method, path, fields), method);
    }

    /// A request that asks for the connection's end.
    static String head(String method, String path, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        if (!("\n" + String.join("\n", fields)).contains("\nhost:")) {
            head.append("host: a.test\r\n");
        }
        head.append("connection: close\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /// Sends bytes as they are and reads one response.
    Reply send(String request, String method) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return Reply.read(socket.getInputStream(), method);
        }
    }

    Reply send(String request) throws IOException {
        return send(request, "GET");
    }

    /// Sends bytes as they are and gives all that comes until the connection ends; empty where it was reset.
    String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException _) {
            return "";
        }
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
