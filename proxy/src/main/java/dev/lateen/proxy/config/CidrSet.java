package dev.lateen.proxy.config;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Many address prefixes, among which an address is found by halving: ten thousand take fourteen steps.
///
/// Thread: any (immutable).
public final class CidrSet {
    private static final int IPV4_BYTES = 4;
    private static final Comparator<Span> BY_START = Comparator.<Span>comparingLong(span -> span.high)
            .thenComparingLong(span -> span.low)
            .thenComparingInt(span -> span.range.bits());

    /// One prefix as its first address, with the sign bits flipped so that signed order is the order of addresses.
    private record Span(long high, long low, CidrRange range) {
        static Span of(CidrRange range) {
            byte[] first = range.prefix().getAddress();
            return first.length == IPV4_BYTES
                    ? new Span(ipv4(first), 0, range)
                    : new Span(CidrSet.high(first), CidrSet.low(first), range);
        }

        long lastHigh() {
            int bits = range.bits();
            if (range.prefix().getAddress().length == IPV4_BYTES) {
                return high | (0xffff_ffffL >>> bits);
            }
            return bits >= Long.SIZE ? high : ((high ^ Long.MIN_VALUE) | (-1L >>> bits)) ^ Long.MIN_VALUE;
        }

        long lastLow() {
            int bits = range.bits();
            if (bits <= Long.SIZE) {
                return Long.MAX_VALUE;
            }
            return bits == 2 * Long.SIZE ? low : low | (-1L >>> (bits - Long.SIZE));
        }
    }

    private final Set<CidrRange> ranges;
    private final long[] first4;
    private final long[] last4;
    private final long[] firstHigh;
    private final long[] firstLow;
    private final long[] lastHigh;
    private final long[] lastLow;

    public CidrSet(List<CidrRange> ranges) {
        this.ranges = Set.copyOf(new HashSet<>(ranges));
        List<Span> four = outermost(ranges, true);
        List<Span> six = outermost(ranges, false);
        first4 = four.stream().mapToLong(Span::high).toArray();
        last4 = four.stream().mapToLong(Span::lastHigh).toArray();
        firstHigh = six.stream().mapToLong(Span::high).toArray();
        firstLow = six.stream().mapToLong(Span::low).toArray();
        lastHigh = six.stream().mapToLong(Span::lastHigh).toArray();
        lastLow = six.stream().mapToLong(Span::lastLow).toArray();
    }

    /// In order, without those inside of others: two prefixes are apart, or one holds the other.
    private static List<Span> outermost(List<CidrRange> ranges, boolean ipv4) {
        List<Span> sorted = ranges.stream()
                .filter(range -> (range.prefix().getAddress().length == IPV4_BYTES) == ipv4)
                .map(Span::of)
                .sorted(BY_START)
                .toList();
        List<Span> kept = new ArrayList<>();
        for (Span span : sorted) {
            if (kept.isEmpty() || !kept.getLast().range.contains(span.range.prefix())) {
                kept.add(span);
            }
        }
        return kept;
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == IPV4_BYTES ? contains(ipv4(bytes)) : contains(high(bytes), low(bytes));
    }

    private boolean contains(long address) {
        int from = 0;
        int to = first4.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (first4[middle] <= address) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from > 0 && address <= last4[from - 1];
    }

    private boolean contains(long high, long low) {
        int from = 0;
        int to = firstHigh.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (atMost(firstHigh[middle], firstLow[middle], high, low)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from > 0 && atMost(high, low, lastHigh[from - 1], lastLow[from - 1]);
    }

    private static boolean atMost(long high, long low, long otherHigh, long otherLow) {
        return high < otherHigh || (high == otherHigh && low <= otherLow);
    }

    private static long ipv4(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL;
    }

    private static long high(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong() ^ Long.MIN_VALUE;
    }

    private static long low(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(Long.BYTES) ^ Long.MIN_VALUE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CidrSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    @Override
    public String toString() {
        return ranges.toString();
    }
}
