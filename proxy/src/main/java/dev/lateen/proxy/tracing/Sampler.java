package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.tracing.TracingConfig.Sampling;
import org.jspecify.annotations.Nullable;

/// Which requests are traced that belong to no trace yet. The request's id carries the decision on: its 15th character
/// says why it is traced, and its first digits stand for chance, so that all proxies which see the id decide alike.
/// Where ids do not decide, no share does either: each request is to be traced that its trace's context does not
/// exclude.
///
/// Source: Envoy, "Request ID" and "Tracing: trace context and sampling". Thread: any (immutable).
final class Sampler {
    private static final String REQUEST_ID = "x-request-id";
    private static final int REASON_AT = 14;
    private static final int ID_LENGTH = 36;
    private static final char BY_CHANCE = '9';
    private static final char BY_SERVICE = 'a';
    private static final char BY_CLIENT = 'b';
    private static final char NOT = '4';

    private final Sampling sampling;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
    }

    /// @param chance for requests whose id is no UUID
    boolean decide(Headers headers, long chance) {
        if (!sampling.requestId().decides()) {
            return true;
        }
        String id = headers.get(REQUEST_ID);
        boolean known = id != null && id.length() == ID_LENGTH && HexIds.isHex(id, 0, 8);
        if (known && id != null && isReason(id.charAt(REASON_AT))) {
            return true;
        }
        int drawn = known && id != null
                ? (int) (HexIds.parse(id, 0, 8) % Sampling.ALL)
                : (int) Long.remainderUnsigned(chance, Sampling.ALL);
        char reason = reason(headers, drawn);
        if (reason == NOT || drawn >= sampling.overall()) {
            return false;
        }
        if (known && id != null && sampling.requestId().marked()) {
            headers.set(REQUEST_ID, id.substring(0, REASON_AT) + reason + id.substring(REASON_AT + 1));
        }
        return true;
    }

    private static boolean isReason(char letter) {
        return letter == BY_CHANCE || letter == BY_SERVICE || letter == BY_CLIENT;
    }

    private char reason(Headers headers, int drawn) {
        if (headers.contains("x-client-trace-id") && drawn < sampling.client()) {
            return BY_CLIENT;
        }
        @Nullable String forced = headers.get("x-envoy-force-trace");
        if (forced != null) {
            return BY_SERVICE;
        }
        return drawn < sampling.random() ? BY_CHANCE : NOT;
    }
}
