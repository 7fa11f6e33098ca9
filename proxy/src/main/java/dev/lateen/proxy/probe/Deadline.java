package dev.lateen.proxy.probe;

import java.net.SocketTimeoutException;
import java.time.Duration;

/// What is left of a time that began with this object.
final class Deadline {
    private final long end;

    Deadline(Duration time) {
        end = System.nanoTime() + time.toNanos();
    }

    /// Errors: `SocketTimeoutException` where nothing is left, since 0 would mean for ever.
    int leftMillis() throws SocketTimeoutException {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, left);
    }
}
