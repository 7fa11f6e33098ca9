package dev.lateen.proxy.tracing;

import java.nio.charset.StandardCharsets;

/// Ids of 64 bits as 16 lower-case hexadecimal digits.
final class HexIds {
    static final int LENGTH = 16;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private HexIds() {}

    static String text(long id) {
        byte[] text = new byte[LENGTH];
        write(id, text, 0);
        return text(text);
    }

    /// @return where the text goes on
    static int write(long id, byte[] out, int at) {
        int high = (int) (id >>> 32);
        int low = (int) id;
        for (int digit = 0; digit < LENGTH / 2; digit++) {
            out[at + digit] = DIGITS[high >>> (28 - 4 * digit) & 15];
            out[at + digit + LENGTH / 2] = DIGITS[low >>> (28 - 4 * digit) & 15];
        }
        return at + LENGTH;
    }

    static String text(byte[] ascii) {
        return text(ascii, 0, ascii.length);
    }

    static String text(byte[] ascii, int from, int length) {
        return new String(ascii, from, length, StandardCharsets.ISO_8859_1); // which copies without a look at each
    }

    /// Whether all characters of a part are digits, of which letters may be in upper case.
    static boolean isHex(String text, int from, int to) {
        if (from >= to || to > text.length()) {
            return false;
        }
        for (int index = from; index < to; index++) {
            char letter = text.charAt(index);
            boolean digit = (letter >= '0' && letter <= '9')
                    || (letter >= 'a' && letter <= 'f')
                    || (letter >= 'A' && letter <= 'F');
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    /// The number that at most 16 digits stand for.
    static long parse(String text, int from, int to) {
        return Long.parseUnsignedLong(text, from, to, 16);
    }
}
