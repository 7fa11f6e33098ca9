package dev.lateen.net.http;

import org.jspecify.annotations.Nullable;

/// The head of a request: HTTP/2's pseudo-header fields as members, the rest as `headers()` (never holding a
/// pseudo-header, `host`, or a connection-specific field of HTTP/1). Mutable, since proxying is mostly rewriting.
///
/// Thread: event loop of its channel.
public final class RequestHead {
    private final HttpVersion version;
    private final Headers headers;
    private String method;
    private String scheme;
    private String authority;
    private String path;
    private @Nullable String pathOnly;
    private @Nullable String protocol;

    /// @param version the version in which it arrived
    /// @param method case-sensitive, such as `GET`
    /// @param scheme `http` or `https`; a codec sets what its transport implies
    /// @param authority the `:authority` or `host` value; empty where HTTP/1.0 sent none
    /// @param path path and query in origin form (`*` for OPTIONS; empty for CONNECT)
    public RequestHead(
            HttpVersion version, String method, String scheme, String authority, String path, Headers headers) {
        this.version = version;
        this.method = method;
        this.scheme = scheme;
        this.authority = authority;
        this.path = path;
        this.headers = headers;
    }

    public HttpVersion version() {
        return version;
    }

    public Headers headers() {
        return headers;
    }

    public String method() {
        return method;
    }

    public void method(String method) {
        this.method = method;
    }

    public String scheme() {
        return scheme;
    }

    public void scheme(String scheme) {
        this.scheme = scheme;
    }

    public String authority() {
        return authority;
    }

    public void authority(String authority) {
        this.authority = authority;
    }

    public String path() {
        return path;
    }

    public void path(String path) {
        this.path = path;
        this.pathOnly = null;
    }

    /// The path without query and fragment; cut once, however many routes and policies look at it.
    public String pathOnly() {
        String only = pathOnly;
        if (only == null) {
            int query = path.indexOf('?');
            int fragment = path.indexOf('#');
            int end = query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
            only = end < 0 ? path : path.substring(0, end);
            pathOnly = only;
        }
        return only;
    }

    /// The upgrade that is asked for, lower case (`websocket`): HTTP/1's `upgrade` field or HTTP/2's `:protocol`
    /// (RFC 8441). Null for an ordinary request. An HTTP/1 client codec writes it as `connection: upgrade`.
    public @Nullable String protocol() {
        return protocol;
    }

    public void protocol(@Nullable String protocol) {
        this.protocol = protocol;
    }

    @Override
    public String toString() {
        return method + " " + scheme + "://" + authority + path + " " + version.text();
    }
}
