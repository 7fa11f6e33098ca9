package dev.lateen.proxy.decision;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a peer said, in a place of our own: a text of each request would live until its decision is overwritten, too
/// long for the young generation and not long enough for the old one.
///
/// Limits: cut at `most` characters. Characters are octets, as in the fields of a head.
///
/// Thread: as the decision that it belongs to.
final class KeptText {
    private static final String CUT = "…";

    private final int most;
    private byte[] octets = {};
    private int length;
    private boolean cut;

    KeptText(int most) {
        this.most = most;
    }

    void set(@Nullable String text) {
        set(text, text == null ? 0 : text.length());
    }

    /// @param end where the part that is kept ends
    @SuppressWarnings("deprecation") // takes the low bytes, which are all there are, in one copy
    void set(@Nullable String text, int end) {
        cut = end > most;
        length = text == null ? 0 : cut ? most - 1 : end;
        if (text != null) {
            if (length > octets.length) {
                octets = new byte[Math.min(most, Math.max(length, octets.length * 2))];
            }
            text.getBytes(0, length, octets, 0);
        }
    }

    boolean isEmpty() {
        return length == 0;
    }

    @Override
    public String toString() {
        String text = new String(octets, 0, length, StandardCharsets.ISO_8859_1);
        return cut ? text + CUT : text;
    }
}
