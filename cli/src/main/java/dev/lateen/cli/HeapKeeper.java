package dev.lateen.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import javax.management.NotificationEmitter;

/// Keeps the heap of a process near to what lives in it, however much it may take: by itself the serial collector lets
/// the old generation grow to the largest heap that is allowed before it looks through it once.
///
/// Limits: what lives, and half as much again; at least `LEAST`. A collection costs as much as copying what lives.
///
/// Thread: that of the JVM which tells of memory.
final class HeapKeeper {
    /// Bytes of the old generation below which nothing is done.
    static final long LEAST = 48L << 20;

    private final MemoryPoolMXBean pool;

    private HeapKeeper(MemoryPoolMXBean pool) {
        this.pool = pool;
    }

    /// Collects what the start has left behind, then watches until the process ends.
    static void start() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
                new HeapKeeper(pool).watch();
            }
        }
    }

    private void watch() {
        if (ManagementFactory.getMemoryMXBean() instanceof NotificationEmitter memory) {
            memory.addNotificationListener(
                    (_, _) -> collect(),
                    notification -> notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED),
                    null);
            collect();
        }
    }

    private void collect() {
        System.gc();
        arm();
    }

    private void arm() {
        MemoryUsage usage = pool.getUsage();
        pool.setUsageThreshold(threshold(usage.getUsed(), usage.getMax()));
    }

    /// @param lives bytes that the last collection left
    /// @param most bytes that the generation may have, or -1 where that is not known
    static long threshold(long lives, long most) {
        long wanted = Math.max(LEAST, lives + lives / 2);
        return most < 0 ? wanted : Math.min(wanted, most);
    }
}
