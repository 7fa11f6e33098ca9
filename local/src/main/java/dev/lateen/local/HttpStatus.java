package dev.lateen.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Asks one address for the status of a path. Thread: any; blocks for at most the timeout.
///
/// @param source the address to come from; empty for any
record HttpStatus(String host, int port, Optional<InetAddress> source, Duration timeout) {
    /// The HTTP status, or 0 where there is no answer.
    int of(String path) {
        try (Socket socket = new Socket()) {
            if (source.isPresent()) {
                socket.bind(new InetSocketAddress(source.get(), 0));
            }
            socket.setSoTimeout((int) timeout.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return statusOf(socket.getInputStream().readNBytes("HTTP/1.1 200".length()));
        } catch (IOException _) {
            return 0;
        }
    }

    private static int statusOf(byte[] start) {
        String line = new String(start, StandardCharsets.US_ASCII);
        String code = line.startsWith("HTTP/1.") && line.length() >= 12 ? line.substring(9, 12) : "";
        return code.chars().allMatch(Character::isDigit) && !code.isEmpty() ? Integer.parseInt(code) : 0;
    }
}
