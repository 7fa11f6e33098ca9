package dev.lateen.control.dashboard;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who has logged in. A browser cannot send a token with each page: it sends a secret of its own session instead, which
/// no script can read and no page of another origin can have sent.
///
/// Limits: 8 hours, 100 sessions; the oldest goes first.
///
/// Thread: any.
final class Sessions {
    static final Duration LIFETIME = Duration.ofHours(8);
    static final int MOST = 100;

    private static final String NAME = "lateen-session";
    private static final Pattern COOKIE = Pattern.compile("(?:^|;\\s*)" + NAME + "=([0-9a-f]{64})(?:;|$)");

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Instant> ends = new LinkedHashMap<>();

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    /// @return the cookie that a browser is to keep, as `set-cookie` has it
    synchronized String begin() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String secret = HexFormat.of().formatHex(bytes);
        while (ends.size() >= MOST) {
            ends.remove(ends.keySet().iterator().next());
        }
        ends.put(secret, clock.instant().plus(LIFETIME));
        return NAME + "=" + secret + "; Path=/dashboard; Max-Age=" + LIFETIME.toSeconds()
                + "; HttpOnly; SameSite=Strict";
    }

    /// Ends the session of these cookies.
    ///
    /// @return the cookie that makes the browser forget it
    synchronized String end(@Nullable String cookies) {
        secret(cookies).ifPresent(ends::remove);
        return NAME + "=; Path=/dashboard; Max-Age=0; HttpOnly; SameSite=Strict";
    }

    /// @param cookies the field of a request
    synchronized boolean isOpen(@Nullable String cookies) {
        Instant now = clock.instant();
        ends.values().removeIf(end -> !now.isBefore(end));
        return secret(cookies).filter(ends::containsKey).isPresent();
    }

    private static Optional<String> secret(@Nullable String cookies) {
        if (cookies == null) {
            return Optional.empty();
        }
        Matcher found = COOKIE.matcher(cookies);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
