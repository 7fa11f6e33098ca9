package dev.lateen.proxy.telemetry.accesslog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Lines on their way into one file. Bounded: what does not fit is dropped and counted.
///
/// Limits: 8 MiB of lines may wait.
///
/// Thread: `offer` any; everything else on the writer's thread.
final class LogFile {
    private static final System.Logger LOG = System.getLogger(LogFile.class.getName());
    private static final int MAX_WAITING_BYTES = 8 << 20;
    private static final int BUFFER = 1 << 16;

    private final String path;
    private final ConcurrentLinkedQueue<byte[]> lines = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingBytes = new AtomicInteger();
    private final AtomicLong dropped;
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable OutputStream out;
    private volatile boolean reopen;
    private boolean failed;

    LogFile(String path, AtomicLong dropped) {
        this.path = path;
        this.dropped = dropped;
    }

    void offer(byte[] line) {
        if (waitingBytes.addAndGet(line.length) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-line.length);
            dropped.incrementAndGet();
            return;
        }
        lines.add(line);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /// Another process has moved the file away: the next line goes to a new one.
    void reopen() {
        reopen = true;
    }

    /// Writes what waits. A file that cannot be written to loses its lines, which are counted.
    void drain() {
        int filled = 0;
        byte[] line;
        try {
            if (reopen) {
                reopen = false;
                close();
            }
            while ((line = lines.poll()) != null) {
                waitingBytes.addAndGet(-line.length);
                if (filled + line.length > BUFFER) {
                    stream().write(buffer, 0, filled);
                    filled = 0;
                }
                if (line.length > BUFFER) {
                    stream().write(line);
                } else {
                    System.arraycopy(line, 0, buffer, filled, line.length);
                    filled += line.length;
                }
            }
            if (filled > 0) {
                stream().write(buffer, 0, filled);
            }
            failed = false;
        } catch (IOException e) {
            dropped.incrementAndGet();
            close();
            if (!failed) {
                failed = true;
                LOG.log(System.Logger.Level.ERROR, "access log " + path + " cannot be written: " + e.getMessage());
            }
        }
    }

    private OutputStream stream() throws IOException {
        OutputStream open = out;
        if (open == null) {
            open = switch (path) {
                case AccessLogConfig.STDOUT -> new FileOutputStream(FileDescriptor.out);
                case AccessLogConfig.STDERR -> new FileOutputStream(FileDescriptor.err);
                default ->
                    Files.newOutputStream(
                            Path.of(path),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.APPEND);
            };
            out = open;
        }
        return open;
    }

    void close() {
        OutputStream open = out;
        out = null;
        if (open == null || path.equals(AccessLogConfig.STDOUT) || path.equals(AccessLogConfig.STDERR)) {
            return;
        }
        try {
            open.close();
        } catch (IOException _) {
            // Nothing more can be done for it.
        }
    }
}
