package dev.lateen.e2e.smuggling;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// Sends bytes as they are, and takes what comes until the proxy ends the connection.
final class Http1Client {
    private static final int PATIENCE_MILLIS = 20_000;

    private Http1Client() {}

    /// The input and, behind it, a request that asks for the connection's end.
    static String attack(int port, Attack attack) {
        return exchange(port, Notation.read(attack.text(), attack.token()) + get(attack.sentinel()));
    }

    static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nhost: sentinel\r\nconnection: close\r\n\r\n";
    }

    /// All that came, as Latin-1; ends in `HUNG` where the proxy did not end the connection.
    static String exchange(int port, String request) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        String hung = "";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            try {
                socket.getOutputStream().write(Notation.bytes(request));
                socket.getOutputStream().flush();
            } catch (IOException _) {
                // Refused before all was sent: what was answered counts.
            }
            InputStream in = socket.getInputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                answer.write(b);
            }
        } catch (SocketTimeoutException _) {
            hung = "HUNG";
        } catch (IOException _) {
            // A reset ends the connection too.
        }
        return answer.toString(StandardCharsets.ISO_8859_1) + hung;
    }
}
