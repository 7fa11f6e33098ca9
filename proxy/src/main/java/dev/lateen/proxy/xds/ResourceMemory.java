package dev.lateen.proxy.xds;

import java.util.Optional;
import java.util.function.Supplier;

/// Which resources fit into the heap: one takes several times its size on the wire while it is read and in force. What
/// does not fit is
/// refused, so that it costs nobody but itself.
///
/// Limits: `heap / PARTS` bytes a resource. Thread: any (immutable).
///
/// @param heap bytes
record ResourceMemory(long heap) {
    /// Measured with route configurations, which grow most.
    static final int PARTS = 8;

    private static final String ADVICE = "; make it smaller (a Sidecar, fewer routes), or give the proxy more heap by"
            + " LATEEN_PROXY_HEAP or the container's memory limit";

    /// @param size bytes on the wire
    /// @param reading says why the resource is refused, if it is; asked where it fits
    Optional<String> refusal(int size, Supplier<Optional<String>> reading) {
        long most = heap / PARTS;
        if (size > most) {
            return Optional.of("it has " + size + " bytes, and with a heap of " + heap + " bytes this proxy takes "
                    + most + ADVICE);
        }
        try {
            return reading.get();
        } catch (OutOfMemoryError scarce) {
            return Optional.of(
                    "its " + size + " bytes did not fit into what is left of a heap of " + heap + " bytes" + ADVICE);
        }
    }
}
