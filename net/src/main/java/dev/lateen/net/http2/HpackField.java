package dev.lateen.net.http2;

/// An entry of an HPACK table: the strings are shared by every message that refers to it.
record HpackField(String name, String value, FieldKind kind) {
    /// Source: RFC 7541 §4.1.
    static final int OVERHEAD_BYTES = 32;

    static HpackField of(String name, String value) {
        return new HpackField(name, value, FieldKind.of(name, value));
    }

    int size() {
        return name.length() + value.length() + OVERHEAD_BYTES;
    }
}
