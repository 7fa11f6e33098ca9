package dev.lateen.proxy.ratelimit;

import dev.lateen.net.http.Headers;
import java.util.List;

/// Tells clients the state of the limit that is nearest to being reached.
///
/// Source: `x-ratelimit-…` of draft 03 of RateLimit header fields, as Envoy writes them. Thread: any.
public final class LimitHeaders {
    private LimitHeaders() {}

    public static void addTo(Headers headers, List<LimitAnswer.Status> statuses) {
        LimitAnswer.Status nearest = null;
        StringBuilder policies = new StringBuilder();
        for (int index = 0; index < statuses.size(); index++) {
            LimitAnswer.Status status = statuses.get(index);
            if (!status.limited()) {
                continue;
            }
            if (nearest == null || status.remaining() < nearest.remaining()) {
                nearest = status;
            }
            if (status.windowSeconds() > 0) {
                policies.append(", ").append(status.requests()).append(";w=").append(status.windowSeconds());
                if (!status.name().isEmpty()) {
                    policies.append(";name=\"").append(clean(status.name())).append('"');
                }
            }
        }
        if (nearest != null) {
            headers.set("x-ratelimit-limit", nearest.requests() + policies.toString());
            headers.set("x-ratelimit-remaining", Long.toString(nearest.remaining()));
            headers.set("x-ratelimit-reset", Long.toString(nearest.resetSeconds()));
        }
    }

    /// A name comes from the service; it must not end the field.
    private static String clean(String name) {
        StringBuilder clean = new StringBuilder(name.length());
        for (int index = 0; index < name.length(); index++) {
            char c = name.charAt(index);
            clean.append(c < ' ' || c > '~' || c == '"' ? '_' : c);
        }
        return clean.toString();
    }
}
