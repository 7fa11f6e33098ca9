package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.http.filter.Cookies;
import dev.lateen.proxy.route.HashPolicy;
import org.jspecify.annotations.Nullable;

/// The cookie that a hash policy reads and, where it has a lifetime, makes.
///
/// Thread: event loop of the request.
final class StickyCookie {
    private static final String STATE = "sticky-cookie";

    private StickyCookie() {}

    static @Nullable String value(HashPolicy.Cookie policy, RequestPath path) {
        String sent = Cookies.find(path.head().headers(), policy.name());
        if (sent != null || policy.ttlSeconds() < 0) {
            return sent;
        }
        if (path.state(STATE) instanceof Made made && made.policy.equals(policy)) {
            return made.value;
        }
        String value = Long.toHexString(path.random());
        path.state(STATE, new Made(policy, value));
        return value;
    }

    private record Made(HashPolicy.Cookie policy, String value) {}

    /// Tells the client of a cookie that was made for it.
    static void addTo(Headers response, RequestPath path) {
        if (path.state(STATE) instanceof Made(HashPolicy.Cookie policy, String value)) {
            StringBuilder text =
                    new StringBuilder(policy.name()).append("=\"").append(value).append('"');
            if (policy.ttlSeconds() > 0) {
                text.append("; Max-Age=").append(policy.ttlSeconds());
            }
            if (!policy.path().isEmpty()) {
                text.append("; Path=").append(policy.path());
            }
            response.add(
                    "set-cookie",
                    text.append(policy.attributes()).append("; HttpOnly").toString());
        }
    }
}
