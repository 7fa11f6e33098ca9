package dev.lateen.proxy.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionStateTest {
    private static final long NOW = 1_000_000_000_000L;
    private static final SessionState COOKIE = new SessionState.Cookie("stay", "/kept", 60);

    private static RequestHead head(String path, String field, String value) {
        Headers headers = new Headers();
        headers.add(field, value);
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a.test", path, headers);
    }

    private static String cookieFor(String address) {
        Headers response = new Headers();
        COOKIE.keep(response, address, NOW);
        return String.valueOf(response.get("set-cookie"));
    }

    @Test
    void readsWhatItWrote() {
        String cookie = cookieFor("10.0.0.1:80");
        assertThat(cookie).contains("; Max-Age=60").contains("; Path=/kept").endsWith("; HttpOnly");
        RequestHead head = head("/kept/a", "cookie", "x=1; " + cookie.split(";")[0]);
        assertThat(COOKIE.host(head, NOW)).isEqualTo(new InetSocketAddress("10.0.0.1", 80));
        assertThat(COOKIE.host(head, NOW + 61_000)).isNull();
    }

    @Test
    void readsAddressesOfTheSixthVersion() {
        RequestHead head = head("/kept", "cookie", cookieFor("[::1]:8080").split(";")[0]);
        assertThat(COOKIE.host(head, NOW)).isEqualTo(new InetSocketAddress("::1", 8080));
    }

    @ParameterizedTest
    @CsvSource({"/kept, true", "/kept/a, true", "/kept?a=1, true", "/keptnot, false", "/, false"})
    void holdsBelowItsPath(String path, boolean holds) {
        RequestHead head = head(path, "cookie", cookieFor("10.0.0.1:80").split(";")[0]);
        assertThat(COOKIE.host(head, NOW) != null).isEqualTo(holds);
    }

    /// Nonsense, an address without a port, one of a name, ports out of range, and what is too long.
    @ParameterizedTest
    @ValueSource(
            strings = {"%%", "MTAuMC4wLjE=", "bG9jYWxob3N0OjgwODA=", "MTAuMC4wLjE6MA==", "MTAuMC4wLjE6OTk5OTk=", "Og=="
            })
    void takesNothingElseForAnAddress(String value) {
        SessionState header = new SessionState.Header("x-stay");
        assertThat(header.host(head("/", "x-stay", value), NOW)).isNull();
        assertThat(header.host(head("/", "x-stay", "A".repeat(300)), NOW)).isNull();
    }
}
