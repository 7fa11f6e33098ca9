package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/// Free ports by name.
final class Ports {
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    /// The port of a name; the first call chooses it.
    int of(String name) {
        return ports.computeIfAbsent(name, _ -> free());
    }

    /// A port on which nothing listens.
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
