package dev.lateen.proxy.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Policies with many values answer as with few.
class AnyOfTest {
    private static StreamInfo request(String path, String... headers) {
        Headers fields = new Headers(4);
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "Shop.Test", path, fields);
        return info;
    }

    private static RbacTest header(String name, StringMatcher value, boolean invert) {
        return new RbacTest.Header(new HeaderMatcher(name, new HeaderMatcher.Value(value), invert, false));
    }

    private static StringMatcher exact(int number) {
        return StringMatcher.exact("/V" + number, false);
    }

    @Test
    void findsOneOfManyExactTexts() {
        RbacTest test = RbacTest.any(IntStream.range(0, 1000)
                .<RbacTest>mapToObj(i -> new RbacTest.UrlPath(exact(i)))
                .toList());
        assertThat(test).isInstanceOf(RbacTest.UrlPath.class);
        assertThat(test.matches(request("/V999?x"))).isTrue();
        assertThat(test.matches(request("/v999"))).isFalse();
        assertThat(test.matches(request("/V1000"))).isFalse();
    }

    @Test
    void ignoresCaseOnlyWhereAsked() {
        RbacTest test = RbacTest.any(IntStream.range(0, 10)
                .<RbacTest>mapToObj(i -> header(
                        ":authority", StringMatcher.exact(i == 0 ? "SHOP.test" : "h" + i + ".test", true), false))
                .toList());
        assertThat(test).isInstanceOf(RbacTest.Header.class);
        assertThat(test.matches(request("/"))).isTrue();
    }

    @Test
    void keepsWhatIsNoExactText() {
        RbacTest test = RbacTest.any(List.of(
                header("x-a", exact(1), false),
                header("x-a", exact(2), false),
                header("x-b", exact(3), false),
                header("x-a", exact(4), true),
                header("x-a", StringMatcher.prefix("/p", false), false),
                new RbacTest.Not(new RbacTest.UrlPath(exact(5)))));
        assertThat(test.matches(request("/V5", "x-a", "/V4"))).isFalse();
        assertThat(test.matches(request("/V5", "x-a", "/V4", "x-b", "/V3"))).isTrue();
        assertThat(test.matches(request("/V5", "x-a", "/V2"))).isTrue();
        assertThat(test.matches(request("/V6", "x-a", "/V4"))).isTrue();
    }

    @Test
    void findsOneOfManyNamesOfACertificate() {
        RbacTest test = RbacTest.any(IntStream.range(0, 100)
                .<RbacTest>mapToObj(i -> new RbacTest.Authenticated(Optional.of(exact(i))))
                .toList());
        StreamInfo info = request("/");
        info.downstreamPeerNames = List.of("other", "/V7");
        assertThat(test.matches(info)).isTrue();
        info.downstreamPeerNames = List.of("other", "/V700");
        assertThat(test.matches(info)).isFalse();
    }

    @Test
    void keepsTheAddressesOfDifferentPartiesApart() {
        List<RbacTest> ranges = IntStream.range(0, 20)
                .<RbacTest>mapToObj(i -> new RbacTest.Ip(
                        i < 10 ? RbacTest.Ip.Which.DIRECT : RbacTest.Ip.Which.REMOTE,
                        CidrRange.of(InetAddress.ofLiteral("10.0." + i + ".0"), 24)))
                .toList();
        RbacTest test = RbacTest.any(List.of(RbacTest.any(ranges), new RbacTest.Authenticated(Optional.of(exact(1)))));
        StreamInfo info = request("/");
        info.downstreamDirectRemote = new InetSocketAddress("10.0.9.1", 1);
        info.downstreamRemote = new InetSocketAddress("10.0.9.1", 1);
        assertThat(test.matches(info)).isTrue();
        info.downstreamDirectRemote = new InetSocketAddress("10.0.19.1", 1);
        assertThat(test.matches(info)).isFalse();
        info.downstreamRemote = new InetSocketAddress("10.0.19.1", 1);
        assertThat(test.matches(info)).isTrue();
    }
}
