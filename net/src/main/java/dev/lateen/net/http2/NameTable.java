package dev.lateen.net.http2;

/// What the encoder knows of field names: their place in the static table, and whether their values repeat.
///
/// Thread: any.
final class NameTable {
    /// The field may enter the dynamic table once it has been seen twice.
    static final int MAY_INDEX = 0;
    /// Values are as good as unique, and would only push others out.
    static final int DO_NOT_INDEX = 1;
    /// A secret: no table of ours or of anybody behind us may hold it (RFC 7541 §7.1.3).
    static final int NEVER_INDEX = 2;

    private static final int SLOTS = 256;
    private static final String[] NAMES = new String[SLOTS];
    private static final byte[] INDEX = new byte[SLOTS];
    private static final byte[] POLICY = new byte[SLOTS];

    private static final String[] SECRETS = {
        "authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-forwarded-client-cert"
    };
    private static final String[] UNIQUE = {
        ":path",
        "age",
        "b3",
        "content-length",
        "content-range",
        "etag",
        "grpc-message",
        "grpc-status-details-bin",
        "grpc-timeout",
        "grpc-trace-bin",
        "if-modified-since",
        "if-none-match",
        "last-modified",
        "location",
        "referer",
        "traceparent",
        "tracestate",
        "x-b3-parentspanid",
        "x-b3-spanid",
        "x-b3-traceid",
        "x-envoy-upstream-service-time",
        "x-request-id",
    };

    static {
        for (int index = HpackStaticTable.LENGTH; index > 0; index--) {
            INDEX[claim(HpackStaticTable.get(index).name())] = (byte) index;
        }
        for (String name : UNIQUE) {
            POLICY[claim(name)] = DO_NOT_INDEX;
        }
        for (String name : SECRETS) {
            POLICY[claim(name)] = NEVER_INDEX;
        }
    }

    private NameTable() {}

    private static int claim(String name) {
        int slot = first(name);
        while (NAMES[slot] != null && !NAMES[slot].equals(name)) {
            slot = slot + 1 & SLOTS - 1;
        }
        NAMES[slot] = name;
        return slot;
    }

    private static int first(String name) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1;
    }

    /// The slot of a name for the two calls below, or -1 where nothing is known of it.
    static int find(String name) {
        int slot = first(name);
        String present = NAMES[slot];
        while (present != null) {
            if (present.equals(name)) {
                return slot;
            }
            slot = slot + 1 & SLOTS - 1;
            present = NAMES[slot];
        }
        return -1;
    }

    /// The first index of the name in the static table, or 0.
    static int staticIndex(int slot) {
        return slot < 0 ? 0 : INDEX[slot];
    }

    static int policy(int slot) {
        return slot < 0 ? MAY_INDEX : POLICY[slot];
    }
}
