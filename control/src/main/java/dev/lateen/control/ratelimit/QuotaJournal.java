package dev.lateen.control.ratelimit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the counts of quotas in a file to which each change is appended, so that they outlive the process. A record is
/// its length, a CRC-32 and what it says: rule, values, window, count. A last record that is cut off is left out.
///
/// What is appended survives the end of the process at once, however it comes; the end of the machine after `force` is
/// called, once a second. The file is written anew when it has grown to 16 MiB.
///
/// Limits: 400,000 counts; those of further consumers begin anew with a restart. Thread: any.
final class QuotaJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaJournal.class);
    private static final long REWRITE_BYTES = 16 << 20;
    private static final int MOST_COUNTS = 400_000;
    private static final int HEAD = 8;
    private static final int MAX_RECORD = 64 << 10;
    private static final long FLUSH_MILLIS = 20;
    private static final int FORCE_EVERY = 50;

    private final Path file;
    private final Map<LimitKey, Count> counts = new ConcurrentHashMap<>();
    private final Set<CalendarCount> unsaved = ConcurrentHashMap.newKeySet();
    private final Thread flusher;
    private final CountDownLatch closed = new CountDownLatch(1);
    /// Not a channel, which the interruption of whoever writes would close.
    private FileOutputStream out;
    private long bytes;
    private volatile boolean dirty;
    private boolean full;
    /// Whether the flusher waits for something to do, which would otherwise wake fifty times a second for nothing.
    private volatile boolean idle;

    private record Count(long startMillis, long endMillis, long used) {}

    private QuotaJournal(Path file) throws IOException {
        this.file = file;
        this.out = new FileOutputStream(file.toFile(), true);
        this.flusher = Thread.ofPlatform().daemon(true).name("quota-journal").unstarted(this::flush);
    }

    /// Reads what there is, or begins a new file.
    static QuotaJournal open(Path file, long nowMillis) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        QuotaJournal journal = new QuotaJournal(file);
        journal.read();
        journal.counts.values().removeIf(count -> count.endMillis() <= nowMillis);
        journal.rewrite();
        journal.flusher.start();
        return journal;
    }

    private void read() throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
        while (all.remaining() >= HEAD) {
            int length = all.getInt();
            int crc = all.getInt();
            if (length <= 0 || length > MAX_RECORD || length > all.remaining()) {
                LOG.atWarn()
                        .addKeyValue("file", file)
                        .log("the journal of quotas ends within a record, which is left out");
                return;
            }
            byte[] body = new byte[length];
            all.get(body);
            if (crc(body) != crc) {
                Path kept = file.resolveSibling(file.getFileName() + ".damaged");
                Files.copy(file, kept, StandardCopyOption.REPLACE_EXISTING);
                LOG.atWarn()
                        .addKeyValue("file", kept)
                        .log("a record of quotas is damaged; what follows it is left out, and kept in this file");
                return;
            }
            take(body);
        }
    }

    private void take(byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        String rule = in.readUTF();
        List<String> values = new ArrayList<>();
        int size = in.readUnsignedByte();
        for (int index = 0; index < size; index++) {
            values.add(in.readUTF());
        }
        counts.put(new LimitKey(rule, values), new Count(in.readLong(), in.readLong(), in.readLong()));
    }

    private static byte[] record(LimitKey key, Count count) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeUTF(key.rule());
            out.writeByte(key.values().size());
            for (String value : key.values()) {
                out.writeUTF(value);
            }
            out.writeLong(count.startMillis());
            out.writeLong(count.endMillis());
            out.writeLong(count.used());
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("an array takes no bytes", e);
        }
    }

    private static int crc(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return (int) crc.getValue();
    }

    /// The count of a window as far as it is known; 0 for any other window.
    long known(LimitKey key, long startMillis) {
        Count count = counts.get(key);
        return count != null && count.startMillis() == startMillis ? count.used() : 0;
    }

    /// The counts of a rule whose window has not ended.
    List<LimitStore.Usage> usage(String rule, long nowMillis) {
        List<LimitStore.Usage> all = new ArrayList<>();
        counts.forEach((key, count) -> {
            if (key.rule().equals(rule) && count.endMillis() > nowMillis && count.used() > 0) {
                all.add(new LimitStore.Usage(key, count.used(), count.endMillis()));
            }
        });
        return all;
    }

    /// Lets a count that no counter holds begin anew.
    synchronized void forget(LimitKey key) {
        Count count = counts.get(key);
        if (count != null) {
            append(key, count.startMillis(), count.endMillis(), 0);
        }
    }

    synchronized void append(LimitKey key, long startMillis, long endMillis, long used) {
        if (counts.size() >= MOST_COUNTS && !counts.containsKey(key)) {
            if (!full) {
                full = true;
                LOG.atWarn().addKeyValue("counts", MOST_COUNTS).log("further quotas do not outlive a restart");
            }
            return;
        }
        Count count = new Count(startMillis, endMillis, used);
        counts.put(key, count);
        try {
            bytes += write(out, record(key, count));
            dirty = true;
            wake();
            if (bytes > REWRITE_BYTES) {
                rewrite();
            }
        } catch (IOException e) {
            LOG.atError().addKeyValue("file", file).setCause(e).log("counts of quotas cannot be kept");
            throw new LimitStore.StoreUnavailable("counts of quotas cannot be kept", e);
        }
    }

    /// In one piece, so that the end of the process leaves it whole or out.
    private static long write(FileOutputStream to, byte[] body) throws IOException {
        byte[] record = ByteBuffer.allocate(HEAD + body.length)
                .putInt(body.length)
                .putInt(crc(body))
                .put(body)
                .array();
        to.write(record);
        return record.length;
    }

    /// Keeps the latest count of each counter only.
    private synchronized void rewrite() throws IOException {
        long now = System.currentTimeMillis();
        counts.values().removeIf(count -> count.endMillis() <= now);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        FileOutputStream written = new FileOutputStream(next.toFile());
        long size = 0;
        for (var entry : counts.entrySet()) {
            size += write(written, record(entry.getKey(), entry.getValue()));
        }
        written.getFD().sync();
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        out.close();
        out = written;
        bytes = size;
    }

    /// Has a count saved within 20 ms.
    void later(CalendarCount count) {
        unsaved.add(count);
        wake();
    }

    private void wake() {
        if (idle) {
            idle = false;
            LockSupport.unpark(flusher);
        }
    }

    private void flush() {
        for (int round = 0; ; round++) {
            try {
                awaitWork();
                if (closed.await(FLUSH_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                saveAll();
                if (round % FORCE_EVERY == 0) {
                    force();
                }
            } catch (InterruptedException _) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.atError().addKeyValue("file", file).setCause(e).log("counts of quotas cannot be kept");
            }
        }
    }

    private void awaitWork() {
        idle = true;
        if (unsaved.isEmpty() && !dirty && closed.getCount() > 0) {
            LockSupport.park(this);
        }
        idle = false;
    }

    private void saveAll() {
        for (CalendarCount count : unsaved.toArray(CalendarCount[]::new)) {
            unsaved.remove(count);
            count.save();
        }
    }

    private synchronized void force() throws IOException {
        if (dirty) {
            out.getFD().sync();
            dirty = false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        LockSupport.unpark(flusher);
        try {
            flusher.join();
            saveAll();
            synchronized (this) {
                out.getFD().sync();
                out.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
