package dev.lateen.net.http2;

/// Decodes HPACK's Huffman code. The code is canonical: codes of one length ascend with their symbols, so the lengths
/// say everything. Eight bits at a time find the common symbols; longer codes are found by the range of their length.
///
/// Thread: any.
/// Source: RFC 7541 §5.2, appendix B.
final class Huffman {
    private static final int SYMBOLS = 257;
    private static final int END_OF_STRING = 256;
    private static final int MIN_LENGTH = 5;
    private static final int MAX_LENGTH = 30;
    private static final int FAST_BITS = 8;

    // Pairs of code length and how many symbols in a row have it, from symbol 0.
    private static final int[] LENGTH_RUNS = {
        13, 1, 23, 1, 28, 7, 24, 1, 30, 1, 28, 2, 30, 1, 28, 8, 30, 1, 28, 9, 6, 1, 10, 2, 12, 1, 13, 1, 6, 1, 8, 1, 11,
        1, 10, 2, 8, 1, 11, 1, 8, 1, 6, 3, 5, 3, 6, 7, 7, 1, 8, 1, 15, 1, 6, 1, 12, 1, 10, 1, 13, 1, 6, 1, 7, 22, 8, 1,
        7, 1, 8, 1, 13, 1, 19, 1, 13, 1, 14, 1, 6, 1, 15, 1, 5, 1, 6, 1, 5, 1, 6, 1, 5, 1, 6, 3, 5, 1, 7, 2, 6, 3, 5, 1,
        6, 1, 7, 1, 6, 1, 5, 2, 6, 1, 7, 5, 15, 1, 11, 1, 14, 1, 13, 1, 28, 1, 20, 1, 22, 1, 20, 2, 22, 3, 23, 1, 22, 1,
        23, 5, 24, 1, 23, 1, 24, 2, 22, 1, 23, 1, 24, 1, 23, 4, 21, 1, 22, 1, 23, 1, 22, 1, 23, 2, 24, 1, 22, 1, 21, 1,
        20, 1, 22, 2, 23, 2, 21, 1, 23, 1, 22, 2, 24, 1, 21, 1, 22, 1, 23, 2, 21, 2, 22, 1, 21, 1, 23, 1, 22, 1, 23, 2,
        20, 1, 22, 3, 23, 1, 22, 2, 23, 1, 26, 2, 20, 1, 19, 1, 22, 1, 23, 1, 22, 1, 25, 1, 26, 3, 27, 2, 26, 1, 24, 1,
        25, 1, 19, 1, 21, 1, 26, 1, 27, 2, 26, 1, 27, 1, 24, 1, 21, 2, 26, 2, 28, 1, 27, 3, 20, 1, 24, 1, 20, 1, 21, 1,
        22, 1, 21, 2, 23, 1, 22, 2, 25, 2, 24, 2, 26, 1, 23, 1, 26, 1, 27, 1, 26, 2, 27, 5, 28, 1, 27, 5, 26, 1, 30, 1
    };

    /// For eight bits: the symbol in the low byte, its length above it; 0 where the code is longer.
    private static final short[] FAST = new short[1 << FAST_BITS];
    /// For each length: the first code behind those of this length, aligned to 32 bits.
    private static final long[] LIMIT = new long[MAX_LENGTH + 1];
    private static final int[] FIRST_CODE = new int[MAX_LENGTH + 1];
    private static final int[] FIRST_SYMBOL = new int[MAX_LENGTH + 1];
    private static final short[] SYMBOLS_BY_CODE = new short[SYMBOLS];

    static {
        int[] lengths = new int[SYMBOLS];
        int symbol = 0;
        for (int index = 0; index < LENGTH_RUNS.length; index += 2) {
            for (int count = LENGTH_RUNS[index + 1]; count > 0; count--) {
                lengths[symbol++] = LENGTH_RUNS[index];
            }
        }
        int code = 0;
        int position = 0;
        for (int length = MIN_LENGTH; length <= MAX_LENGTH; length++) {
            FIRST_CODE[length] = code;
            FIRST_SYMBOL[length] = position;
            for (int candidate = 0; candidate < SYMBOLS; candidate++) {
                if (lengths[candidate] == length) {
                    SYMBOLS_BY_CODE[position++] = (short) candidate;
                    fillFast(candidate, code, length);
                    code++;
                }
            }
            LIMIT[length] = (long) code << (32 - length);
            code <<= 1;
        }
    }

    private Huffman() {}

    private static void fillFast(int symbol, int code, int length) {
        int free = FAST_BITS - length;
        for (int rest = 0; free >= 0 && rest < 1 << free; rest++) {
            FAST[code << free | rest] = (short) (length << 8 | symbol);
        }
    }

    /// The most bytes that so many bytes of code can stand for.
    static int maxDecoded(int encodedBytes) {
        return encodedBytes * 8 / MIN_LENGTH;
    }

    /// Decodes `from` (inclusive) to `to` into `target`, which has room for `maxDecoded`.
    ///
    /// @return the number of bytes, or -1 where the code is malformed (padding too long or not ones, end of string)
    static int decode(byte[] code, int from, int to, byte[] target) {
        long bits = 0;
        int held = 0;
        int next = from;
        int length = 0;
        while (true) {
            while (held <= 56 && next < to) {
                bits |= (code[next++] & 0xffL) << (56 - held);
                held += 8;
            }
            int fast = FAST[(int) (bits >>> (64 - FAST_BITS))];
            int used = fast >>> 8;
            if (fast != 0 && used <= held) {
                target[length++] = (byte) fast;
                bits <<= used;
                held -= used;
                continue;
            }
            if (held < FAST_BITS && next == to) {
                return isPadding(bits, held) ? length : -1;
            }
            int symbol = slow(bits, held);
            if (symbol < 0) {
                return -1;
            }
            target[length++] = (byte) symbol;
            used = symbol >>> 8;
            bits <<= used;
            held -= used;
        }
    }

    /// The symbol in the low byte, its length above it; -1 where there is none.
    private static int slow(long bits, int held) {
        long aligned = bits >>> 32;
        for (int length = FAST_BITS + 1; length <= MAX_LENGTH; length++) {
            if (aligned < LIMIT[length]) {
                int code = (int) (aligned >>> (32 - length));
                int symbol = SYMBOLS_BY_CODE[FIRST_SYMBOL[length] + code - FIRST_CODE[length]];
                return length > held || symbol == END_OF_STRING ? -1 : length << 8 | symbol;
            }
        }
        return -1;
    }

    // Fewer than eight bits, all ones: the beginning of the code for the end of the string.
    private static boolean isPadding(long bits, int held) {
        return held == 0 || bits >>> (64 - held) == (1L << held) - 1;
    }
}
