package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Sessions sessions = new Sessions(now::get);

    @Test
    void knowsWhomItGaveACookie() {
        String cookie = sessions.begin("");
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/dashboard");
        assertThat(sessions.isOpen("other=1; " + sent(cookie))).isTrue();
    }

    @Test
    void knowsNobodyElse() {
        sessions.begin("");
        assertThat(sessions.isOpen(null)).isFalse();
        assertThat(sessions.isOpen("lateen-session=" + "0".repeat(64))).isFalse();
        assertThat(sessions.isOpen("lateen-session=")).isFalse();
    }

    @Test
    void endsAfterItsTimeAndWhenAsked() {
        String one = sent(sessions.begin(""));
        String other = sent(sessions.begin(""));
        sessions.end(other);
        assertThat(sessions.isOpen(other)).isFalse();
        assertThat(sessions.isOpen(one)).isTrue();
        now.set(Instant.EPOCH.plus(Sessions.LIFETIME));
        assertThat(sessions.isOpen(one)).isFalse();
    }

    @Test
    void keepsNoMoreThanItMay() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i <= Sessions.MOST; i++) {
            all.add(sent(sessions.begin("")));
        }
        assertThat(sessions.isOpen(all.getFirst())).isFalse();
        assertThat(all.stream().filter(sessions::isOpen)).hasSize(Sessions.MOST);
    }

    private static String sent(String cookie) {
        return cookie.substring(0, cookie.indexOf(';'));
    }
}
