package dev.lateen.net.http2;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The open streams of a connection by their id: open addressing, without boxing.
///
/// Thread: event loop of its channel.
final class StreamTable {
    private @Nullable Http2Exchange[] slots = new Http2Exchange[16];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Http2Exchange get(int id) {
        int mask = slots.length - 1;
        int slot = slot(id, mask);
        Http2Exchange present = slots[slot];
        while (present != null && present.id() != id) {
            slot = slot + 1 & mask;
            present = slots[slot];
        }
        return present;
    }

    /// The stream must not be there yet.
    void put(Http2Exchange exchange) {
        if ((size + 1) * 2 > slots.length) {
            grow();
        }
        insert(slots, exchange);
        size++;
    }

    private void grow() {
        @Nullable Http2Exchange[] larger = new Http2Exchange[slots.length * 2];
        for (Http2Exchange exchange : slots) {
            if (exchange != null) {
                insert(larger, exchange);
            }
        }
        slots = larger;
    }

    private static void insert(@Nullable Http2Exchange[] slots, Http2Exchange exchange) {
        int mask = slots.length - 1;
        int slot = slot(exchange.id(), mask);
        while (slots[slot] != null) {
            slot = slot + 1 & mask;
        }
        slots[slot] = exchange;
    }

    /// True where it was there.
    boolean remove(int id) {
        int mask = slots.length - 1;
        int slot = slot(id, mask);
        Http2Exchange present = slots[slot];
        while (present != null && present.id() != id) {
            slot = slot + 1 & mask;
            present = slots[slot];
        }
        if (present == null) {
            return false;
        }
        size--;
        closeGap(slot, mask);
        return true;
    }

    // Moves up those behind the gap that would not be found across it.
    private void closeGap(int removed, int mask) {
        int gap = removed;
        int slot = gap;
        while (true) {
            slots[gap] = null;
            Http2Exchange candidate;
            do {
                slot = slot + 1 & mask;
                candidate = slots[slot];
                if (candidate == null) {
                    return;
                }
            } while ((slot - slot(candidate.id(), mask) & mask) < (slot - gap & mask));
            slots[gap] = candidate;
            gap = slot;
        }
    }

    /// Those that are open now, safe to walk through while streams end.
    Http2Exchange[] snapshot() {
        Http2Exchange[] all = new Http2Exchange[size];
        int count = 0;
        for (Http2Exchange exchange : slots) {
            if (exchange != null) {
                all[count++] = exchange;
            }
        }
        return count == size ? all : Arrays.copyOf(all, count);
    }

    // Ids of one side are all odd or all even.
    private static int slot(int id, int mask) {
        return id >>> 1 & mask;
    }
}
