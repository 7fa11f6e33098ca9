package dev.lateen.proxy.overload;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// Reads how much of a resource is taken: 0 for nothing, 1 for all of it.
///
/// Thread: chores loop.
interface Pressure {
    /// Throws where the resource cannot be read; the last value then stays.
    double read() throws IOException;

    static Pressure of(
            OverloadConfig.Monitor monitor,
            ByteBufAllocator allocator,
            LongSupplier connections,
            ForcedCollections collections) {
        return switch (monitor) {
            case OverloadConfig.Monitor.Heap(String _, long maxBytes) -> new HeapPressure(maxBytes, collections)::read;
            case OverloadConfig.Monitor.DirectMemory _ -> directMemory(allocator);
            case OverloadConfig.Monitor.Connections(String _, long max) -> () -> (double) connections.getAsLong() / max;
            case OverloadConfig.Monitor.Injected(String _, Path file) -> () -> injected(file);
        };
    }

    /// Free parts of the pool are not in use: the pool keeps what it once had. What other allocators took counts whole.
    private static Pressure directMemory(ByteBufAllocator allocator) {
        long max = Math.max(1, PlatformDependent.maxDirectMemory());
        return () -> {
            long taken = PlatformDependent.usedDirectMemory();
            if (allocator instanceof PooledByteBufAllocator pool) {
                long pinned = pool.pinnedDirectMemory();
                taken = taken < 0 ? pinned : taken - pool.metric().usedDirectMemory() + pinned;
            }
            return (double) Math.max(0, taken) / max;
        };
    }

    private static double injected(Path file) throws IOException {
        String text = Files.readString(file).strip();
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IOException(file + " holds no number", e);
        }
        throw new IOException(file + ": value " + text + " (expected: 0 to 1)");
    }
}
