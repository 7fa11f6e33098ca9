package dev.lateen.proxy.admin;

/// How much memory the process has in use.
final class MemoryPage {
    private MemoryPage() {}

    static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    static long heapBytes() {
        return Runtime.getRuntime().totalMemory();
    }

    static String json() {
        return new JsonOut()
                .object()
                .text("allocated", Long.toString(usedBytes()))
                .text("heap_size", Long.toString(heapBytes()))
                .text("pageheap_unmapped", "0")
                .text("pageheap_free", Long.toString(Runtime.getRuntime().freeMemory()))
                .text("total_thread_cache", "0")
                .text("total_physical_bytes", Long.toString(Runtime.getRuntime().maxMemory()))
                .end()
                .toString();
    }
}
