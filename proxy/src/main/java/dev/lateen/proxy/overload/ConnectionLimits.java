package dev.lateen.proxy.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// How many connections of clients there may be; `Long.MAX_VALUE` for no limit.
///
/// Thread: any (immutable).
///
/// @param all over all listeners
/// @param byListener by the listener's name
/// @param perClient from one IP address
public record ConnectionLimits(long all, Map<String, Long> byListener, long perClient) {
    private static final Path PROCESS_LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";
    private static final long RESERVED_FILES = 64;
    private static final long UNKNOWN_FILES = 4096;

    public ConnectionLimits {
        byListener = Map.copyOf(byListener);
    }

    /// Each connection may need another one to an upstream, and both are open files.
    public static ConnectionLimits standard() {
        return new ConnectionLimits(
                Math.max(RESERVED_FILES, openFiles() / 2 - RESERVED_FILES), Map.of(), Long.MAX_VALUE);
    }

    private static long openFiles() {
        try {
            for (String line : Files.readAllLines(PROCESS_LIMITS)) {
                if (line.startsWith(OPEN_FILES)) {
                    String soft = line.substring(OPEN_FILES.length()).strip().split("\\s+")[0];
                    return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
                }
            }
        } catch (IOException | NumberFormatException _) {
            // Not Linux: a guess.
        }
        return UNKNOWN_FILES;
    }

    /// Together with the limit that a monitor of connections sets.
    public ConnectionLimits within(OverloadConfig overload) {
        long least = all;
        for (OverloadConfig.Monitor monitor : overload.monitors()) {
            if (monitor instanceof OverloadConfig.Monitor.Connections(String _, long max)) {
                least = Math.min(least, max);
            }
        }
        return new ConnectionLimits(least, byListener, perClient);
    }

    long of(String listener) {
        Long limit = byListener.get(listener);
        return limit == null ? Long.MAX_VALUE : limit;
    }
}
