package dev.lateen.proxy.accesslog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One file, and the lanes on which threads bring it their lines. Lines of one thread are written in their order, and
/// none is torn by those of another. Bounded: what does not fit is dropped and counted.
///
/// Limits: 8 MiB of lines may wait.
///
/// Thread: `lane`, `dropped` and `reopen` any; everything else on the writer's thread.
final class LogFile {
    private static final System.Logger LOG = System.getLogger(LogFile.class.getName());
    private static final int MAX_WAITING_BYTES = 8 << 20;

    private final String path;
    private final AtomicInteger room = new AtomicInteger(MAX_WAITING_BYTES);
    private final List<LogLane> lanes = new CopyOnWriteArrayList<>();
    private final ThreadLocal<LogLane> lane = ThreadLocal.withInitial(this::newLane);
    private final AtomicLong dropped;
    private @Nullable OutputStream out;
    private volatile boolean reopen;
    private boolean failed;

    LogFile(String path, AtomicLong dropped) {
        this.path = path;
        this.dropped = dropped;
    }

    /// The calling thread's.
    LogLane lane() {
        return lane.get();
    }

    private LogLane newLane() {
        LogLane made = new LogLane(room, MAX_WAITING_BYTES);
        lanes.add(made);
        return made;
    }

    void dropped(int lines) {
        dropped.addAndGet(lines);
    }

    boolean isEmpty() {
        for (LogLane each : lanes) {
            if (!each.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /// Another process has moved the file away: the next line goes to a new one.
    void reopen() {
        reopen = true;
    }

    /// Writes what waits. A file that cannot be written to loses its lines, which are counted.
    void drain() {
        if (reopen) {
            reopen = false;
            close();
        }
        try {
            for (LogLane each : lanes) {
                each.writeTo(this);
            }
            failed = false;
        } catch (IOException e) {
            close();
            if (!failed) {
                failed = true;
                LOG.log(System.Logger.Level.ERROR, "access log " + path + " cannot be written: " + e.getMessage());
            }
        }
    }

    OutputStream stream() throws IOException {
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
