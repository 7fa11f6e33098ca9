package dev.lateen.proxy.http.filter;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Any value that a client says to be its session.
class SessionStateFuzzTest {
    private static final SessionState COOKIE = new SessionState.Cookie("stay", "", 60);
    private static final SessionState HEADER = new SessionState.Header("x-stay");

    @FuzzTest
    void findsAnAddressOrNone(byte[] value) {
        look(new String(value, StandardCharsets.ISO_8859_1));
        look(Base64.getEncoder().encodeToString(value));
    }

    private static void look(String value) {
        Headers headers = new Headers(2);
        headers.add("cookie", "stay=\"" + value + "\"");
        headers.add("x-stay", value);
        RequestHead head = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a.test", "/", headers);
        check(COOKIE.host(head, 1000));
        check(HEADER.host(head, 1000));
    }

    private static void check(InetSocketAddress host) {
        if (host != null && (host.isUnresolved() || host.getPort() == 0)) {
            throw new IllegalStateException("nobody can be at " + host);
        }
    }
}
