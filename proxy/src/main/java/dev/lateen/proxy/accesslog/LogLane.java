package dev.lateen.proxy.accesslog;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One thread's lines on their way into one file. The thread fills blocks, the writer empties them and gives them back:
/// lines that wait are bytes in a block that both know, not objects that grow old until the heap is large.
///
/// Limits: eight empty blocks are kept; those that wait count against the file's `room`.
///
/// Thread: `line` and `offer` the thread that owns the lane; `isEmpty` and `writeTo` the writer's.
final class LogLane {
    static final int BLOCK_BYTES = 1 << 16;
    private static final int MOST_KEPT = 8;
    /// So much may wait without haste: to wake the writer for less costs more than to write it.
    private static final int IN_NO_HURRY = 4 * BLOCK_BYTES;
    private static final int LINE = 512;

    /// Bytes that may still be taken for blocks, of all lanes of the file.
    private final AtomicInteger room;
    private final int mostRoom;
    private final LineBuffer line = new LineBuffer(LINE, new AddressTexts());
    private final Queue<Block> spare = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();
    /// The owner's.
    private Block tail = new Block(BLOCK_BYTES);
    /// The writer's.
    private Block head = tail;

    /// @param room bytes that may still wait, of all lanes of the file
    LogLane(AtomicInteger room, int mostRoom) {
        this.room = room;
        this.mostRoom = mostRoom;
    }

    /// What became of a line.
    enum Outcome {
        QUEUED,
        /// Queued, but so much waits that it should be written soon.
        FULL,
        DROPPED
    }

    /// For the owner to make a line in; empty.
    LineBuffer line() {
        line.setLength(0);
        return line;
    }

    /// Queues what is in `line`, whole or not at all.
    Outcome offer() {
        Block current = tail;
        if (current.put(line)) {
            return Outcome.QUEUED;
        }
        Block next = take(Math.max(line.length(), BLOCK_BYTES));
        if (next == null) {
            return Outcome.DROPPED;
        }
        next.put(line);
        current.next = next;
        tail = next;
        return mostRoom - room.get() > IN_NO_HURRY ? Outcome.FULL : Outcome.QUEUED;
    }

    private @Nullable Block take(int bytes) {
        if (room.addAndGet(-bytes) < 0) {
            room.addAndGet(bytes);
            return null;
        }
        if (bytes == BLOCK_BYTES) {
            Block used = spare.poll();
            if (used != null) {
                kept.decrementAndGet();
                return used;
            }
        }
        return new Block(bytes);
    }

    boolean isEmpty() {
        return head.next == null && head.waiting() == 0;
    }

    /// Writes what waits. Where that fails, what was being written is lost and counted; the rest still waits.
    void writeTo(LogFile file) throws IOException {
        while (true) {
            // In this order: once there is a next block, this one does not change any more.
            Block next = head.next;
            write(head, file);
            if (next == null) {
                return;
            }
            // The block that both are at does not count, so a lane can always hold one.
            room.addAndGet(next.capacity());
            giveBack(head);
            head = next;
        }
    }

    private static void write(Block block, LogFile file) throws IOException {
        int from = block.written;
        int waiting = block.waiting();
        if (waiting == 0) {
            return;
        }
        block.written += waiting;
        try {
            file.stream().write(block.bytes, from, waiting);
        } catch (IOException e) {
            file.dropped(block.linesIn(from, waiting));
            throw e;
        }
    }

    private void giveBack(Block block) {
        if (block.capacity() == BLOCK_BYTES && kept.get() < MOST_KEPT) {
            block.reset();
            kept.incrementAndGet();
            spare.add(block);
        }
    }

    /// Bytes that the owner adds to and the writer takes from. What is before `filled` does not change.
    private static final class Block {
        private final byte[] bytes;
        private volatile int filled;
        private volatile @Nullable Block next;
        /// The writer's.
        private int written;

        Block(int capacity) {
            bytes = new byte[capacity];
        }

        int capacity() {
            return bytes.length;
        }

        boolean put(LineBuffer line) {
            int end = filled;
            if (line.length() > bytes.length - end) {
                return false;
            }
            System.arraycopy(line.bytes(), 0, bytes, end, line.length());
            filled = end + line.length();
            return true;
        }

        int waiting() {
            return filled - written;
        }

        int linesIn(int from, int length) {
            int lines = 0;
            for (int index = from; index < from + length; index++) {
                if (bytes[index] == '\n') {
                    lines++;
                }
            }
            return Math.max(lines, 1);
        }

        void reset() {
            written = 0;
            filled = 0;
            next = null;
        }
    }
}
