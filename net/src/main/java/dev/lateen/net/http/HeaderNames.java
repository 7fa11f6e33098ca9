package dev.lateen.net.http;

import java.nio.charset.StandardCharsets;

/// Well-known field names as shared strings, found by their bytes, so that ordinary requests allocate no names and
/// comparing one with `equals` ends at the reference.
///
/// Thread: any.
public final class HeaderNames {
    public static final String CONNECTION = "connection";
    public static final String CONTENT_LENGTH = "content-length";
    public static final String CONTENT_TYPE = "content-type";
    public static final String COOKIE = "cookie";
    public static final String EXPECT = "expect";
    public static final String HOST = "host";
    public static final String HTTP2_SETTINGS = "http2-settings";
    public static final String KEEP_ALIVE = "keep-alive";
    public static final String PROXY_CONNECTION = "proxy-connection";
    public static final String TE = "te";
    public static final String TRAILER = "trailer";
    public static final String TRANSFER_ENCODING = "transfer-encoding";
    public static final String UPGRADE = "upgrade";

    private static final String[] COMMON = {
        CONNECTION,
        CONTENT_LENGTH,
        CONTENT_TYPE,
        COOKIE,
        EXPECT,
        HOST,
        HTTP2_SETTINGS,
        KEEP_ALIVE,
        PROXY_CONNECTION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
        ":authority",
        ":method",
        ":path",
        ":protocol",
        ":scheme",
        ":status",
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-expose-headers",
        "access-control-max-age",
        "access-control-request-headers",
        "access-control-request-method",
        "age",
        "allow",
        "alt-svc",
        "authorization",
        "b3",
        "baggage",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-location",
        "content-range",
        "content-security-policy",
        "date",
        "dnt",
        "end-user",
        "etag",
        "expires",
        "forwarded",
        "from",
        "grpc-accept-encoding",
        "grpc-encoding",
        "grpc-message",
        "grpc-previous-rpc-attempts",
        "grpc-retry-pushback-ms",
        "grpc-status",
        "grpc-status-details-bin",
        "grpc-tags-bin",
        "grpc-timeout",
        "grpc-trace-bin",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "origin",
        "pragma",
        "priority",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "retry-after",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "sec-websocket-accept",
        "sec-websocket-extensions",
        "sec-websocket-key",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "server",
        "server-timing",
        "set-cookie",
        "strict-transport-security",
        "traceparent",
        "tracestate",
        "upgrade-insecure-requests",
        "user-agent",
        "vary",
        "via",
        "www-authenticate",
        "x-b3-flags",
        "x-b3-parentspanid",
        "x-b3-sampled",
        "x-b3-spanid",
        "x-b3-traceid",
        "x-content-type-options",
        "x-envoy-attempt-count",
        "x-envoy-decorator-operation",
        "x-envoy-downstream-service-cluster",
        "x-envoy-expected-rq-timeout-ms",
        "x-envoy-external-address",
        "x-envoy-internal",
        "x-envoy-max-retries",
        "x-envoy-original-path",
        "x-envoy-overloaded",
        "x-envoy-peer-metadata",
        "x-envoy-peer-metadata-id",
        "x-envoy-retry-on",
        "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-upstream-service-time",
        "x-forwarded-client-cert",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-frame-options",
        "x-ot-span-context",
        "x-powered-by",
        "x-real-ip",
        "x-request-id",
        "x-requested-with",
        "x-xss-protection",
    };

    private static final int SIZE = 1024;
    private static final String[] NAMES = new String[SIZE];
    private static final byte[][] BYTES = new byte[SIZE][];
    private static final byte[] TOKEN_LOWER = new byte[256];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN_LOWER[c] = (byte) c;
            TOKEN_LOWER[c - 32] = (byte) c;
        }
        for (char c : "0123456789!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN_LOWER[c] = (byte) c;
        }
        for (String name : COMMON) {
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            int slot = slot(hash(bytes, 0, bytes.length));
            while (NAMES[slot] != null) {
                slot = slot + 1 & SIZE - 1;
            }
            NAMES[slot] = name;
            BYTES[slot] = bytes;
        }
    }

    private HeaderNames() {}

    /// The lower-case form of a byte that may stand in a field name (RFC 9110 §5.6.2 `tchar`), or 0.
    public static byte tokenLower(byte b) {
        return TOKEN_LOWER[b & 0xff];
    }

    /// One step of the hash that `of` expects; it starts at 0 and takes lower-case bytes.
    public static int hashStep(int hash, byte lower) {
        return hash * 31 + lower;
    }

    public static int hash(byte[] lowerCase, int from, int to) {
        int hash = 0;
        for (int index = from; index < to; index++) {
            hash = hash * 31 + lowerCase[index];
        }
        return hash;
    }

    /// The name in these lower-case bytes: the shared string where the name is well known, otherwise a new one.
    public static String of(byte[] lowerCase, int from, int to, int hash) {
        int length = to - from;
        int slot = slot(hash);
        String name = NAMES[slot];
        while (name != null) {
            if (name.length() == length && same(BYTES[slot], lowerCase, from)) {
                return name;
            }
            slot = slot + 1 & SIZE - 1;
            name = NAMES[slot];
        }
        return new String(lowerCase, from, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean same(byte[] known, byte[] bytes, int from) {
        for (int index = 0; index < known.length; index++) {
            if (known[index] != bytes[from + index]) {
                return false;
            }
        }
        return true;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 10 ^ hash >>> 20) & SIZE - 1;
    }
}
