package dev.lateen.proxy.jwt;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tokens whose signatures were good, so that a token that comes with every request costs one verification. What
/// depends on the time, or on who asks, is not remembered. An entry holds only for the very keys that verified it.
///
/// A token is kept from its second use on. Those that come once only would otherwise push out the ones that do come
/// again, and live just long enough to fill the old generation: with another token in every request it took 35 MiB and
/// a full collection every two seconds.
///
/// Limits: 512 tokens, of 4 KiB each and 512 KiB in all; of tokens used once, the hashes of at most 512. Thread: one
/// event loop.
final class TokenCache {
    private static final int MAX_TOKENS = 512;
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_TOTAL = 512 << 10;
    private static final int MAX_SEEN = 512;

    private record Entry(Token token, KeySet keys) {}

    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private final int[] seen = new int[MAX_SEEN];
    private int total;

    /// Null where this token has not been verified by these keys.
    @SuppressWarnings("ReferenceEquality") // other keys, even if they are equal, may not be trusted any more
    @Nullable
    Token find(String text, KeySet keys) {
        Entry entry = entries.get(text);
        return entry != null && entry.keys() == keys ? entry.token() : null;
    }

    /// To be called after each verification that has succeeded.
    void put(String text, Token token, KeySet keys) {
        if (text.length() > MAX_LENGTH || !seenBefore(text)) {
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

    /// Two tokens of one hash are taken for the same, which then is kept after one use: no harm.
    private boolean seenBefore(String text) {
        int hash = text.hashCode();
        int slot = (hash ^ (hash >>> 16)) & (MAX_SEEN - 1);
        boolean before = seen[slot] == hash;
        seen[slot] = hash;
        return before;
    }
}
