package dev.lateen.net.http1;

import io.netty.util.concurrent.FastThreadLocal;

/// Arrays that the codecs of one thread share while they parse or write one head; nothing survives between calls.
///
/// Thread: event loop.
final class Scratch {
    private static final FastThreadLocal<Scratch> CURRENT = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    final FieldParser fields = new FieldParser();
    final HeadWriter writer = new HeadWriter();
    private byte[] head = new byte[4096];

    private Scratch() {}

    static Scratch current() {
        return CURRENT.get();
    }

    /// An array of at least this length.
    byte[] head(int length) {
        if (head.length < length) {
            head = new byte[length];
        }
        return head;
    }
}
