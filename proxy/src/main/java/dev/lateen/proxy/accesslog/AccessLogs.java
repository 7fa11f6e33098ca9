package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The access logs of the process: one file for each path, one thread that writes them all. The thread starts with the
/// first log.
///
/// Thread: any.
public final class AccessLogs implements AutoCloseable {
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Map<String, LogFile> files = new ConcurrentHashMap<>();
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Thread writer;
    private volatile boolean sleeping;
    private volatile boolean closed;

    public AccessLogs(Stats stats) {
        stats.computedGauge("access_log_file.write_dropped", dropped::get);
    }

    /// @param around what conditions may say of our node
    public AccessLogger open(AccessLogConfig.File config, Surroundings around) {
        LogFile file = files.computeIfAbsent(config.path(), path -> new LogFile(path, dropped));
        startWriter();
        return new FileLogger(config, file, around);
    }

    private synchronized void startWriter() {
        if (writer == null) {
            writer = Thread.ofPlatform().name("access-log").daemon(true).start(this::write);
        }
    }

    private final class FileLogger implements AccessLogger {
        private final AccessLogConfig.File config;
        private final LogFile file;
        private final Surroundings around;

        FileLogger(AccessLogConfig.File config, LogFile file, Surroundings around) {
            this.config = config;
            this.file = file;
            this.around = around;
        }

        @Override
        public void log(StreamInfo info) {
            if (!config.filter().accepts(info, around)) {
                return;
            }
            LogLane lane = file.lane();
            config.format().append(info, lane.line());
            switch (lane.offer()) {
                case QUEUED -> wake();
                case FULL -> hurry();
                case DROPPED -> file.dropped(1);
            }
        }
    }

    private void wake() {
        if (sleeping) {
            hurry();
        }
    }

    private void hurry() {
        sleeping = false;
        LockSupport.unpark(writer);
    }

    /// Sleeps until there is something to write, then a moment longer so that lines leave together, but not longer than
    /// it takes to fill a block.
    private void write() {
        while (!closed) {
            sleeping = true;
            if (allEmpty()) {
                LockSupport.park(this);
            }
            sleeping = false;
            LockSupport.parkNanos(this, BATCH_NANOS);
            drain();
        }
        drain();
        files.values().forEach(LogFile::close);
    }

    private boolean allEmpty() {
        for (LogFile file : files.values()) {
            if (!file.isEmpty()) {
                return false;
            }
        }
        return !closed;
    }

    private void drain() {
        for (LogFile file : files.values()) {
            file.drain();
        }
    }

    /// For log rotation: files are opened anew by their paths.
    public void reopen() {
        files.values().forEach(LogFile::reopen);
    }

    public long dropped() {
        return dropped.get();
    }

    /// Writes what waits, at most for two seconds.
    @Override
    public void close() {
        closed = true;
        Thread thread = writer;
        if (thread != null) {
            LockSupport.unpark(thread);
            try {
                thread.join(2000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
