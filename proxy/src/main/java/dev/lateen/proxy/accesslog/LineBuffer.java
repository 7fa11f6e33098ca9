package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.Addresses;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A line while it is being made, as the bytes that will be written: what a request brings is copied once and no text
/// is made of it. Used again for each line.
///
/// Thread: its owner's.
final class LineBuffer {
    private static final int LONGEST_INT = 10;

    private byte[] bytes;
    private int length;
    /// The second that `secondText` shows. Lines that follow one another mostly begin in the same one.
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};
    private final @Nullable AddressTexts addresses;

    LineBuffer(int expected) {
        this(expected, null);
    }

    /// @param addresses that have been written before; null where it is not worth while
    LineBuffer(int expected, @Nullable AddressTexts addresses) {
        this.bytes = new byte[expected];
        this.addresses = addresses;
    }

    /// The bytes, of which the first `length` are the line.
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// Forgets what comes after.
    void setLength(int shorter) {
        length = Math.min(length, shorter);
    }

    void set(int index, char ascii) {
        bytes[index] = (byte) ascii;
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    LineBuffer append(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    void append(byte[] literal) {
        reserve(literal.length);
        System.arraycopy(literal, 0, bytes, length, literal.length);
        length += literal.length;
    }

    /// Any text, in UTF-8.
    void append(String text) {
        int count = text.length();
        reserve(count);
        byte[] to = bytes;
        int at = length;
        for (int index = 0; index < count; index++) {
            char letter = text.charAt(index);
            if (letter >= 0x80) {
                append(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
            to[at + index] = (byte) letter;
        }
        length = at + count;
    }

    /// The value of a header field: each of its characters is a byte that came or goes over the wire (RFC 9110 §5.5).
    @SuppressWarnings("deprecation") // takes the low bytes, which are all there are, in one copy
    void appendField(String octets) {
        int count = octets.length();
        reserve(count);
        octets.getBytes(0, count, bytes, length);
        length += count;
    }

    void append(long number) {
        if (number < 0 || number > Integer.MAX_VALUE) {
            append(Long.toString(number));
            return;
        }
        // Without the long division of a processor, which the small compiler calls a routine for.
        int rest = (int) number;
        int digits = 1;
        for (int limit = 10; digits < LONGEST_INT && rest >= limit; limit *= 10) {
            digits++;
        }
        reserve(digits);
        for (int at = length + digits - 1; at >= length; at--) {
            int next = rest / 10;
            bytes[at] = (byte) ('0' + rest - next * 10);
            rest = next;
        }
        length += digits;
    }

    /// As `Addresses.text` writes it.
    void append(SocketAddress address) {
        byte[] known = addresses == null ? null : addresses.find(address);
        if (known != null) {
            append(known);
            return;
        }
        int start = length;
        if (address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address) {
            appendHost(inet);
            append(':').append(inet.getPort());
        } else {
            append(Addresses.text(address));
        }
        if (addresses != null) {
            addresses.put(address, Arrays.copyOfRange(bytes, start, length));
        }
    }

    /// As `Addresses.host` writes it.
    void appendHost(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address ip) {
            byte[] octets = ip.getAddress();
            append(octets[0] & 0xffL);
            for (int index = 1; index < octets.length; index++) {
                append('.').append(octets[index] & 0xffL);
            }
        } else {
            append(Addresses.host(address));
        }
    }

    /// `2026-01-31T12:34:56.789Z`.
    void appendTime(long epochMillis) {
        long wanted = Math.floorDiv(epochMillis, 1000L);
        if (wanted == second) {
            append(secondText);
        } else {
            int start = length;
            StartTime.second(wanted, this);
            second = wanted;
            secondText = Arrays.copyOfRange(bytes, start, length);
        }
        int millis = (int) (epochMillis - wanted * 1000);
        append('.').append((char) ('0' + millis / 100));
        append((char) ('0' + millis / 10 % 10))
                .append((char) ('0' + millis % 10))
                .append('Z');
    }

    /// Makes what it holds from `start` on the inside of a JSON string (RFC 8259 §7). Nearly always there is nothing to
    /// do.
    void escapeFrom(int start) {
        for (int index = start; index < length; index++) {
            byte octet = bytes[index];
            // Below the blank are control characters, and as numbers with a sign all that is not ASCII.
            if (octet < ' ' || octet == '"' || octet == '\\') {
                byte[] tail = Arrays.copyOfRange(bytes, index, length);
                length = index;
                escape(tail);
                return;
            }
        }
    }

    /// Bytes that are no UTF-8 each become the character of their number.
    private void escape(byte[] tail) {
        StringBuilder escaped = new StringBuilder(tail.length + 16);
        JsonText.escape(text(tail), escaped);
        append(escaped.toString());
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /// As text.
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /// As the value of a header field.
    String field() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
