package dev.lateen.proxy.tracing;

/// Where in which trace a request stands.
///
/// Thread: any (immutable).
///
/// @param high first half of the trace's id; 0 where ids have 64 bits
/// @param low second half, not 0
/// @param span id of the span, not 0
/// @param parent id of the span above it, or 0
/// @param sampled whether spans are recorded
record TraceContext(long high, long low, long span, long parent, Sampled sampled) {
    /// What whoever began the trace has decided.
    enum Sampled {
        YES,
        NO,
        /// Left to whoever comes next.
        UNDECIDED
    }

    TraceContext child(long id) {
        return new TraceContext(high, low, id, span, sampled);
    }

    TraceContext decided(boolean yes) {
        return new TraceContext(high, low, span, parent, yes ? Sampled.YES : Sampled.NO);
    }

    /// The trace's id in 32 or, where it has 64 bits, 16 digits.
    String trace() {
        byte[] text = new byte[high == 0 ? HexIds.LENGTH : 2 * HexIds.LENGTH];
        int at = high == 0 ? 0 : HexIds.write(high, text, 0);
        HexIds.write(low, text, at);
        return HexIds.text(text);
    }
}
