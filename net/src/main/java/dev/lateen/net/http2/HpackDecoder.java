package dev.lateen.net.http2;

import dev.lateen.net.http.HeaderNames;
import java.nio.charset.StandardCharsets;

/// Decodes header blocks of one connection, with the dynamic table of that direction. What is wrong with a field is
/// found when the table takes it up, not each time it is referred to.
///
/// Limits: the table takes 4096 bytes, the default that we announce.
///
/// Thread: event loop of its channel.
/// Source: RFC 7541.
final class HpackDecoder {
    static final int TABLE_BYTES = 4096;
    private static final int MAX_ENTRIES = TABLE_BYTES / HpackField.OVERHEAD_BYTES;
    private static final int MAX_INTEGER_SHIFT = 21;

    private final HpackField[] ring = new HpackField[MAX_ENTRIES];
    private int newest;
    private int entries;
    private int bytes;
    private int capacity = TABLE_BYTES;

    // The state of one call of decode.
    private byte[] block = new byte[0];
    private int position;
    private int end;

    /// Decodes a whole block into `fields`.
    ///
    /// @throws Http2Violation of the connection: the tables of both ends would differ from here on
    void decode(byte[] source, int from, int to, HeadAssembler fields) throws Http2Violation {
        block = source;
        position = from;
        end = to;
        boolean mayResize = true;
        while (position < end) {
            int first = block[position++] & 0xff;
            if (first >= 0x80) {
                fields.add(entry(integer(first, 0x7f)));
                mayResize = false;
            } else if (first >= 0x40) {
                insert(first, fields);
                mayResize = false;
            } else if (first >= 0x20) {
                resize(integer(first, 0x1f), mayResize);
            } else {
                literal(first, fields);
                mayResize = false;
            }
        }
    }

    private void insert(int first, HeadAssembler fields) throws Http2Violation {
        int index = integer(first, 0x3f);
        String name = index == 0 ? name(fields) : entry(index).name();
        String value = string(fields);
        HpackField field = new HpackField(name, value, kind(name, value));
        add(field);
        fields.add(field);
    }

    private void literal(int first, HeadAssembler fields) throws Http2Violation {
        int index = integer(first, 0x0f);
        String name = index == 0 ? name(fields) : entry(index).name();
        String value = string(fields);
        fields.add(kind(name, value), name, value);
    }

    private static FieldKind kind(String name, String value) {
        return isNameValid(name) && isValueValid(value) ? FieldKind.of(name, value) : FieldKind.MALFORMED;
    }

    private HpackField entry(int index) throws Http2Violation {
        if (index <= HpackStaticTable.LENGTH) {
            if (index == 0) {
                throw broken("index 0");
            }
            return HpackStaticTable.get(index);
        }
        int age = index - HpackStaticTable.LENGTH - 1;
        if (age >= entries) {
            throw broken("index beyond the dynamic table");
        }
        return ring[newest - age & MAX_ENTRIES - 1];
    }

    // ---- The dynamic table

    private void add(HpackField field) {
        int size = field.size();
        shrinkTo(capacity - size);
        if (size <= capacity) {
            newest = newest + 1 & MAX_ENTRIES - 1;
            ring[newest] = field;
            entries++;
            bytes += size;
        }
    }

    private void resize(int size, boolean allowed) throws Http2Violation {
        if (!allowed || size > TABLE_BYTES) {
            throw broken("table size update in the middle of a block, or above the limit");
        }
        capacity = size;
        shrinkTo(size);
    }

    private void shrinkTo(int limit) {
        while (entries > 0 && bytes > limit) {
            entries--;
            bytes -= ring[newest - entries & MAX_ENTRIES - 1].size();
        }
    }

    // ---- Primitives

    private int integer(int first, int mask) throws Http2Violation {
        int value = first & mask;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; shift <= MAX_INTEGER_SHIFT; shift += 7) {
            if (position == end) {
                throw broken("integer is cut off");
            }
            int next = block[position++];
            value += (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken("integer is too large");
    }

    private String name(HeadAssembler fields) throws Http2Violation {
        return text(fields, true);
    }

    private String string(HeadAssembler fields) throws Http2Violation {
        return text(fields, false);
    }

    private String text(HeadAssembler fields, boolean name) throws Http2Violation {
        if (position == end) {
            throw broken("string is missing");
        }
        int first = block[position++] & 0xff;
        int length = integer(first, 0x7f);
        if (length > end - position) {
            throw broken("string is cut off");
        }
        byte[] source = block;
        int from = position;
        int size = length;
        position += length;
        if (first >= 0x80) {
            source = fields.scratch(Huffman.maxDecoded(length));
            size = Huffman.decode(block, from, from + length, source);
            if (size < 0) {
                throw broken("Huffman code is malformed");
            }
            from = 0;
        }
        return name
                ? HeaderNames.of(source, from, from + size, HeaderNames.hash(source, from, from + size))
                : new String(source, from, size, StandardCharsets.ISO_8859_1);
    }

    private static boolean isNameValid(String name) {
        for (int index = name.length() > 0 && name.charAt(0) == ':' ? 1 : 0; index < name.length(); index++) {
            char c = name.charAt(index);
            // What is no token is mapped to 0, which a NUL would equal.
            if (c == 0 || HeaderNames.tokenLower((byte) c) != c) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isValueValid(String value) {
        for (int index = 0; index < value.length(); index++) {
            char c = value.charAt(index);
            if ((c < 0x20 && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static Http2Violation broken(String what) {
        return Http2Violation.ofConnection(ErrorCode.COMPRESSION_ERROR, what);
    }
}
