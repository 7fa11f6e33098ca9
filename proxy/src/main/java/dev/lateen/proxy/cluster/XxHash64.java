package dev.lateen.proxy.cluster;

import java.nio.charset.StandardCharsets;

/// The 64-bit xxHash, which Envoy's consistent hashing is made of.
///
/// Source: xxHash specification, XXH64.
///
/// Thread: any.
public final class XxHash64 {
    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    private XxHash64() {}

    /// Of the UTF-8 form.
    static long hash(String text, long seed) {
        return ofBytes(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), seed);
    }

    /// Of bytes, each a character, as texts of HTTP messages hold them. Allocates nothing.
    public static long ofBytes(String bytes, long seed) {
        int length = bytes.length();
        int at = 0;
        long hash;
        if (length >= STRIPE) {
            long one = seed + PRIME_1 + PRIME_2;
            long two = seed + PRIME_2;
            long three = seed;
            long four = seed - PRIME_1;
            for (; at <= length - STRIPE; at += STRIPE) {
                one = round(one, little(bytes, at, 8));
                two = round(two, little(bytes, at + 8, 8));
                three = round(three, little(bytes, at + 16, 8));
                four = round(four, little(bytes, at + 24, 8));
            }
            hash = Long.rotateLeft(one, 1)
                    + Long.rotateLeft(two, 7)
                    + Long.rotateLeft(three, 12)
                    + Long.rotateLeft(four, 18);
            hash = merge(merge(merge(merge(hash, one), two), three), four);
        } else {
            hash = seed + PRIME_5;
        }
        return finish(hash + length, bytes, at);
    }

    private static long finish(long start, String bytes, int from) {
        int length = bytes.length();
        long hash = start;
        int at = from;
        for (; at <= length - 8; at += 8) {
            hash ^= round(0, little(bytes, at, 8));
            hash = Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4;
        }
        if (at <= length - 4) {
            hash ^= little(bytes, at, 4) * PRIME_1;
            hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < length; at++) {
            hash ^= little(bytes, at, 1) * PRIME_5;
            hash = Long.rotateLeft(hash, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    /// A number of so many bytes, the least first.
    private static long little(String bytes, int at, int count) {
        long number = 0;
        for (int index = at + count - 1; index >= at; index--) {
            number = (number << 8) | (bytes.charAt(index) & 0xff);
        }
        return number;
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
    }
}
