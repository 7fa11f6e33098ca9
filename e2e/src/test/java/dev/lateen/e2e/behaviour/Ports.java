package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Free ports by name, for what listens later.
///
/// They come from below the range that the kernel takes for outgoing connections (Linux: from 32768), else any such
/// connection could have the port before its listener; and from below what a mesh of ours takes (15000 and more). None
/// is given twice, and another JVM begins elsewhere.
///
/// Thread: any.
public final class Ports {
    private static final int FIRST = 10_000;
    private static final int COUNT = 5_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private final Map<String, Integer> ports = new LinkedHashMap<>();

    /// The port of a name; the first call chooses it.
    synchronized int of(String name) {
        return ports.computeIfAbsent(name, _ -> free());
    }

    /// A port on which nothing listens, on any address.
    public static int free() {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            try (ServerSocket _ = new ServerSocket(port)) {
                return port;
            } catch (IOException _) {
                // Somebody else's.
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + (FIRST + COUNT));
    }
}
