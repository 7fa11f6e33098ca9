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
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    private record Session(String who, Instant end) {}

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    /// @param who has proved by a token to be whom; empty for nobody
    /// @return the cookie that a browser is to keep, as `set-cookie` has it
    synchronized String begin(String who) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String secret = HexFormat.of().formatHex(bytes);
        while (sessions.size() >= MOST) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        sessions.put(secret, new Session(who, clock.instant().plus(LIFETIME)));
        return NAME + "=" + secret + "; Path=/dashboard; Max-Age=" + LIFETIME.toSeconds()
                + "; HttpOnly; SameSite=Strict";
    }

    /// Ends the session of these cookies.
    ///
    /// @return the cookie that makes the browser forget it
    synchronized String end(@Nullable String cookies) {
        secret(cookies).ifPresent(sessions::remove);
        return NAME + "=; Path=/dashboard; Max-Age=0; HttpOnly; SameSite=Strict";
    }

    /// @param cookies the field of a request
    synchronized boolean isOpen(@Nullable String cookies) {
        return session(cookies).isPresent();
    }

    /// Who has logged in; empty for nobody, or where nobody had to prove anything.
    ///
    /// @param cookies the field of a request
    synchronized Optional<String> who(@Nullable String cookies) {
        return session(cookies).map(Session::who).filter(who -> !who.isEmpty());
    }

    private Optional<Session> session(@Nullable String cookies) {
        Instant now = clock.instant();
        sessions.values().removeIf(session -> !now.isBefore(session.end()));
        return secret(cookies).flatMap(secret -> Optional.ofNullable(sessions.get(secret)));
    }

    private static Optional<String> secret(@Nullable String cookies) {
        if (cookies == null) {
            return Optional.empty();
        }
        Matcher found = COOKIE.matcher(cookies);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
