package dev.lateen.net.http2;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import java.util.Arrays;

/// Encodes header blocks of one connection into an array. A field enters the dynamic table when it is seen for the
/// second time, so that values which never repeat push nothing out; secrets are marked as never to be indexed.
/// Strings are written as they are: within a data centre, Huffman's quarter of the bytes costs more time than it saves.
///
/// Limits: a table of at most 4096 bytes, less where the peer says so.
///
/// Thread: event loop of its channel.
/// Source: RFC 7541.
final class HpackEncoder {
    private static final int SEEN = 64;
    private static final int MAX_INDEXED_BYTES = 512;
    private static final int METHOD_GET = 2;
    private static final int METHOD_POST = 3;
    private static final int PATH_ROOT = 4;
    private static final int SCHEME_HTTP = 6;
    private static final int SCHEME_HTTPS = 7;
    private static final int STATUS_200 = 8;

    private final EncoderTable table = new EncoderTable();
    private final int[] seen = new int[SEEN];
    private int smallestCapacity = EncoderTable.MAX_BYTES;
    private boolean resized;
    private byte[] out = new byte[0];
    private int length;

    /// The peer's SETTINGS_HEADER_TABLE_SIZE.
    void tableSize(long bytes) {
        int limit = (int) Math.min(bytes, EncoderTable.MAX_BYTES);
        if (limit == table.capacity()) {
            return;
        }
        smallestCapacity = resized ? Math.min(smallestCapacity, limit) : limit;
        resized = true;
        table.capacity(limit);
    }

    /// Starts a block behind the first `offset` bytes of an array, which grows as needed: see `bytes`.
    void begin(byte[] array, int offset) {
        out = array;
        length = offset;
        if (resized) {
            resized = false;
            ensure(16);
            if (smallestCapacity < table.capacity()) {
                integer(0x20, 0x1f, smallestCapacity);
            }
            integer(0x20, 0x1f, table.capacity());
        }
    }

    /// The array that holds the block, up to `length`.
    byte[] bytes() {
        return out;
    }

    int length() {
        return length;
    }

    void request(RequestHead head) {
        String protocol = head.protocol();
        String method = protocol == null ? head.method() : "CONNECT";
        switch (method) {
            case "GET" -> indexed(METHOD_GET);
            case "POST" -> indexed(METHOD_POST);
            default -> field(":method", method);
        }
        if (protocol != null || !method.equals("CONNECT")) {
            switch (head.scheme()) {
                case "http" -> indexed(SCHEME_HTTP);
                case "https" -> indexed(SCHEME_HTTPS);
                default -> field(":scheme", head.scheme());
            }
            if (head.path().equals("/")) {
                indexed(PATH_ROOT);
            } else {
                field(":path", head.path());
            }
        }
        field(":authority", head.authority());
        if (protocol != null) {
            field(":protocol", protocol);
        }
        fields(head.headers());
    }

    void response(int status, ResponseHead head) {
        switch (status) {
            case 200 -> indexed(STATUS_200);
            case 204 -> indexed(STATUS_200 + 1);
            case 206 -> indexed(STATUS_200 + 2);
            case 304 -> indexed(STATUS_200 + 3);
            case 400 -> indexed(STATUS_200 + 4);
            case 404 -> indexed(STATUS_200 + 5);
            case 500 -> indexed(STATUS_200 + 6);
            default -> field(":status", Integer.toString(status));
        }
        fields(head.headers());
    }

    /// Without fields that belong to a connection of HTTP/1.
    void fields(Headers headers) {
        int count = headers.size();
        for (int index = 0; index < count; index++) {
            String name = headers.name(index);
            if (!FieldKind.isConnectionSpecific(name)) {
                field(name, headers.value(index));
            }
        }
    }

    void field(String name, String value) {
        int known = NameTable.find(name);
        int policy = NameTable.policy(known);
        int staticIndex = NameTable.staticIndex(known);
        if (policy != NameTable.MAY_INDEX || name.length() + value.length() > MAX_INDEXED_BYTES) {
            literal(policy == NameTable.NEVER_INDEX ? 0x10 : 0, 0x0f, staticIndex, name, value);
            return;
        }
        int hash = EncoderTable.hash(name, value);
        int index = table.find(hash, name, value);
        if (index != 0) {
            indexed(index);
        } else if (seen[hash & SEEN - 1] == hash) {
            literal(0x40, 0x3f, staticIndex, name, value);
            table.add(hash, name, value);
        } else {
            seen[hash & SEEN - 1] = hash;
            literal(0, 0x0f, staticIndex, name, value);
        }
    }

    private void literal(int pattern, int mask, int nameIndex, String name, String value) {
        ensure(name.length() + value.length() + 18);
        integer(pattern, mask, nameIndex);
        if (nameIndex == 0) {
            string(name);
        }
        string(value);
    }

    private void indexed(int index) {
        ensure(6);
        integer(0x80, 0x7f, index);
    }

    // ---- Primitives

    private void integer(int pattern, int mask, int value) {
        if (value < mask) {
            out[length++] = (byte) (pattern | value);
            return;
        }
        out[length++] = (byte) (pattern | mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            out[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[length++] = (byte) rest;
    }

    // The one conversion that copies a Latin-1 string straight into an array.
    @SuppressWarnings("deprecation")
    private void string(String text) {
        int size = text.length();
        integer(0, 0x7f, size);
        text.getBytes(0, size, out, length);
        length += size;
    }

    private void ensure(int more) {
        if (length + more > out.length) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
        }
    }
}
