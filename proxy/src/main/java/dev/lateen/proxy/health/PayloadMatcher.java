package dev.lateen.proxy.health;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// Looks for payloads in what a host sends: each has to come after the one before it, whatever lies between. Keeps none
/// of the bytes (Knuth, Morris, Pratt).
///
/// Thread: one.
public final class PayloadMatcher {
    private final List<String> wanted;
    private int index;
    private int matched;
    private int[] fallback = {};

    /// @param wanted texts of octets, none empty
    public PayloadMatcher(List<String> wanted) {
        this.wanted = wanted;
        prepare();
    }

    public boolean isDone() {
        return index == wanted.size();
    }

    /// @param most bytes of `data` that are looked at
    public void feed(ByteBuf data, long most) {
        int end = data.readerIndex() + (int) Math.min(data.readableBytes(), most);
        for (int at = data.readerIndex(); at < end && !isDone(); at++) {
            step((char) data.getUnsignedByte(at));
        }
    }

    private void step(char octet) {
        String text = wanted.get(index);
        while (matched > 0 && text.charAt(matched) != octet) {
            matched = fallback[matched - 1];
        }
        if (text.charAt(matched) == octet) {
            matched++;
        }
        if (matched == text.length()) {
            index++;
            matched = 0;
            prepare();
        }
    }

    /// For each length, the longest proper prefix that is also its end.
    private void prepare() {
        if (isDone()) {
            return;
        }
        String text = wanted.get(index);
        fallback = new int[text.length()];
        for (int at = 1, length = 0; at < text.length(); at++) {
            while (length > 0 && text.charAt(at) != text.charAt(length)) {
                length = fallback[length - 1];
            }
            if (text.charAt(at) == text.charAt(length)) {
                length++;
            }
            fallback[at] = length;
        }
    }
}
