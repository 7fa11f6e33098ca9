package dev.lateen.proxy.http;

import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.http.filter.LocalReply;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.stream.ResponseFlag;

/// How an attempt at an upstream failed, in the words and with the status and flag that Envoy has for it.
///
/// Source: Envoy's `Http::StreamResetReason` and the router's use of it. Thread: any (immutable).
///
/// @param transport the system's or TLS library's words; may be empty
/// @param requestSent whether the upstream may have seen the request
record UpstreamFailure(Kind kind, String transport, boolean requestSent) {
    static final UpstreamFailure PER_TRY_TIMEOUT = new UpstreamFailure(Kind.PER_TRY_TIMEOUT, "", true);

    enum Kind {
        LOCAL_CONNECTION_FAILURE("local connection failure", 503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE),
        REMOTE_CONNECTION_FAILURE("remote connection failure", 503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE),
        CONNECTION_TIMEOUT("connection timeout", 503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE),
        CONNECTION_TERMINATION("connection termination", 503, ResponseFlag.UPSTREAM_CONNECTION_TERMINATION),
        LOCAL_RESET("local reset", 503, ResponseFlag.LOCAL_RESET),
        REMOTE_RESET("remote reset", 503, ResponseFlag.UPSTREAM_REMOTE_RESET),
        REMOTE_REFUSED("remote refused stream reset", 503, ResponseFlag.UPSTREAM_REMOTE_RESET),
        PROTOCOL_ERROR("protocol error", 502, ResponseFlag.UPSTREAM_PROTOCOL_ERROR),
        OVERFLOW("overflow", 503, ResponseFlag.UPSTREAM_OVERFLOW),
        PER_TRY_TIMEOUT("local reset", 504, ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);

        private final String text;
        private final int status;
        private final ResponseFlag flag;

        Kind(String text, int status, ResponseFlag flag) {
            this.text = text;
            this.status = status;
            this.flag = flag;
        }
    }

    /// Of an attempt that got no connection.
    static UpstreamFailure of(ProxyError error, String transport) {
        Kind kind;
        if (error.equals(ProxyError.OVERFLOW)) {
            kind = Kind.OVERFLOW;
        } else if (error.equals(ProxyError.CONNECT_TIMEOUT)) {
            kind = Kind.CONNECTION_TIMEOUT;
        } else if (error.equals(ProxyError.UPSTREAM_CLOSED)) {
            kind = Kind.CONNECTION_TERMINATION;
        } else if (error.equals(ProxyError.UPSTREAM_RESET)) {
            kind = Kind.REMOTE_RESET;
        } else if (error.equals(ProxyError.UPSTREAM_PROTOCOL)) {
            kind = Kind.PROTOCOL_ERROR;
        } else {
            kind = Kind.REMOTE_CONNECTION_FAILURE;
        }
        return new UpstreamFailure(kind, transport, false);
    }

    /// Of an attempt whose stream was open.
    static UpstreamFailure of(StreamReset reason) {
        Kind kind = switch (reason) {
            case REMOTE_RESET -> Kind.REMOTE_RESET;
            case REMOTE_REFUSED -> Kind.REMOTE_REFUSED;
            case CONNECTION_CLOSED -> Kind.CONNECTION_TERMINATION;
            case PROTOCOL_ERROR, LIMIT_EXCEEDED -> Kind.PROTOCOL_ERROR;
            case LOCAL_CANCEL, LOCAL_REFUSED -> Kind.LOCAL_RESET;
        };
        return new UpstreamFailure(kind, "", kind != Kind.REMOTE_REFUSED);
    }

    int status() {
        return kind.status;
    }

    ResponseFlag flag() {
        return kind.flag;
    }

    /// `%RESPONSE_CODE_DETAILS%`.
    String details(boolean responseStarted) {
        if (kind == Kind.PER_TRY_TIMEOUT) {
            return "upstream_per_try_timeout";
        }
        String where =
                responseStarted ? "upstream_reset_after_response_started{" : "upstream_reset_before_response_started{";
        String why = transport.isEmpty() ? kind.text : kind.text + "|" + transport;
        return where + why.replace(' ', '_') + "}";
    }

    /// The body of the answer.
    String text(boolean retried) {
        if (kind == Kind.PER_TRY_TIMEOUT) {
            return "upstream request timeout";
        }
        return "upstream connect error or disconnect/reset before headers. "
                + (retried ? "retried and the latest reset reason: " : "reset reason: ")
                + kind.text
                + (transport.isEmpty() ? "" : ", transport failure reason: " + transport);
    }

    /// What the client is told.
    ///
    /// @param attempts so far
    LocalReply reply(int attempts) {
        return LocalReply.of(status(), text(attempts > 1), flag(), details(false));
    }
}
