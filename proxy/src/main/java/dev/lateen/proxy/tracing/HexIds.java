package dev.lateen.proxy.tracing;

/// Ids of 64 bits as 16 lower-case hexadecimal digits.
final class HexIds {
    static final int LENGTH = 16;
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private HexIds() {}

    static String text(long id) {
        char[] text = new char[LENGTH];
        write(id, text, 0);
        return new String(text);
    }

    /// @return where the text goes on
    static int write(long id, char[] out, int at) {
        for (int digit = 0; digit < LENGTH; digit++) {
            out[at + digit] = DIGITS[(int) (id >>> (60 - 4 * digit)) & 15];
        }
        return at + LENGTH;
    }

    /// Whether all characters of a part are digits, of which letters may be in upper case.
    static boolean isHex(String text, int from, int to) {
        if (from >= to || to > text.length()) {
            return false;
        }
        for (int index = from; index < to; index++) {
            if (Character.digit(text.charAt(index), 16) < 0 || text.charAt(index) > 'f') {
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
