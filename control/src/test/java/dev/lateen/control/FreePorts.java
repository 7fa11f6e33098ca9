package dev.lateen.control;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Free ports, for what listens later.
///
/// They come from below the range that the kernel takes for outgoing connections (Linux: from 32768), else any such
/// connection could have the port before its listener; and from below what a mesh of ours takes (15000 and more). None
/// is given twice, and another JVM begins elsewhere.
///
/// Thread: any.
final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int COUNT = 5_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /// A port on which nothing listens, on any address.
    static int next() {
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
