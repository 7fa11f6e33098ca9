package dev.lateen.proxy.http;

import java.nio.charset.StandardCharsets;

/// Ids of requests: random UUIDs (version 4) as text.
final class RequestId {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LENGTH = 36;

    private RequestId() {}

    /// @param random half of the id; the other half is mixed from it
    static String create(long random) {
        long high = mix(random);
        long low = mix(high + 0x9E3779B97F4A7C15L);
        byte[] text = new byte[LENGTH];
        int at = 0;
        for (int nibble = 0; nibble < 32; nibble++) {
            if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
                text[at++] = '-';
            }
            long word = nibble < 16 ? high : low;
            int digit = (int) (word >>> (60 - (nibble & 15) * 4)) & 15;
            if (nibble == 12) {
                digit = 4;
            } else if (nibble == 16) {
                digit = 8 | (digit & 3);
            }
            text[at++] = HEX[digit];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /// The finaliser of MurmurHash3 (by Austin Appleby, public domain), in David Stafford's 13th variant.
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
