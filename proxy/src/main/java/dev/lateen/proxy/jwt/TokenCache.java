package dev.lateen.proxy.jwt;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tokens whose signatures were good, so that a token that comes with every request costs one verification. What
/// depends on the time, or on who asks, is not remembered. An entry holds only for the very keys that verified it.
///
/// Limits: 512 tokens, of 4 KiB each and 512 KiB in all. Thread: one event loop.
final class TokenCache {
    private static final int MAX_TOKENS = 512;
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_TOTAL = 512 << 10;

    private record Entry(Token token, KeySet keys) {}

    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private int total;

    /// Null where this token has not been verified by these keys.
    @SuppressWarnings("ReferenceEquality") // other keys, even if they are equal, may not be trusted any more
    @Nullable
    Token find(String text, KeySet keys) {
        Entry entry = entries.get(text);
        return entry != null && entry.keys() == keys ? entry.token() : null;
    }

    void put(String text, Token token, KeySet keys) {
        if (text.length() > MAX_LENGTH) {
            return;
        }
        if (entries.put(text, new Entry(token, keys)) == null) {
            total += text.length();
        }
        while (entries.size() > MAX_TOKENS || total > MAX_TOTAL) {
            Map.Entry<String, Entry> eldest = entries.pollFirstEntry();
            total -= eldest.getKey().length();
        }
    }
}
