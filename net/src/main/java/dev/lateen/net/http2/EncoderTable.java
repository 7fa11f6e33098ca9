package dev.lateen.net.http2;

import java.util.Arrays;

/// The dynamic table of an encoder: a ring of fields, found by the hash of name and value.
///
/// Thread: event loop of its channel.
/// Source: RFC 7541 §2.3.2, §4.
final class EncoderTable {
    static final int MAX_BYTES = 4096;
    private static final int SLOTS = MAX_BYTES / HpackField.OVERHEAD_BYTES;
    private static final int NONE = -1;

    private final String[] names = new String[SLOTS];
    private final String[] values = new String[SLOTS];
    private final int[] hashes = new int[SLOTS];
    private final byte[] nextInBucket = new byte[SLOTS];
    private final byte[] buckets = new byte[SLOTS];
    private int newest = SLOTS - 1;
    private int entries;
    private int bytes;
    private int capacity = MAX_BYTES;

    EncoderTable() {
        Arrays.fill(buckets, (byte) NONE);
    }

    static int hash(String name, String value) {
        int hash = name.hashCode() * 31 + value.hashCode();
        return hash ^ hash >>> 15;
    }

    /// The index of the field among all HPACK indexes, or 0.
    int find(int hash, String name, String value) {
        int slot = buckets[hash & SLOTS - 1];
        while (slot != NONE) {
            if (hashes[slot] == hash && names[slot].equals(name) && values[slot].equals(value)) {
                return HpackStaticTable.LENGTH + 1 + (newest - slot & SLOTS - 1);
            }
            slot = nextInBucket[slot];
        }
        return 0;
    }

    int capacity() {
        return capacity;
    }

    void capacity(int limit) {
        capacity = Math.min(limit, MAX_BYTES);
        shrinkTo(capacity);
    }

    void add(int hash, String name, String value) {
        int size = name.length() + value.length() + HpackField.OVERHEAD_BYTES;
        shrinkTo(capacity - size);
        if (size > capacity) {
            return;
        }
        newest = newest + 1 & SLOTS - 1;
        names[newest] = name;
        values[newest] = value;
        hashes[newest] = hash;
        int bucket = hash & SLOTS - 1;
        nextInBucket[newest] = buckets[bucket];
        buckets[bucket] = (byte) newest;
        entries++;
        bytes += size;
    }

    private void shrinkTo(int limit) {
        while (entries > 0 && bytes > limit) {
            entries--;
            int oldest = newest - entries & SLOTS - 1;
            bytes -= names[oldest].length() + values[oldest].length() + HpackField.OVERHEAD_BYTES;
            unlink(oldest);
        }
    }

    // The oldest entry is the last of its bucket.
    private void unlink(int oldest) {
        int bucket = hashes[oldest] & SLOTS - 1;
        int slot = buckets[bucket];
        if (slot == oldest) {
            buckets[bucket] = NONE;
            return;
        }
        while (nextInBucket[slot] != oldest) {
            slot = nextInBucket[slot];
        }
        nextInBucket[slot] = NONE;
    }
}
