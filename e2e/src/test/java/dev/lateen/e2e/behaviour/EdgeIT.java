package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is decided by where a client comes from and how it speaks.
@ParameterizedClass
@EnumSource(DataPlane.class)
class EdgeIT {
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        String route = "{match: {prefix: /}, route: {cluster: echo}}";
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .httpHosts(
                        "main",
                        "internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]},"
                                + " http_protocol_options: {accept_http_10: true, default_host_for_http_10: old.test},",
                        "",
                        "{name: tls, domains: [tls.test], require_tls: EXTERNAL_ONLY, routes: [" + route
                                + "]}, {name: all, domains: [\"*\"], routes: [" + route + "]}"));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    @Test
    void sendsExternalClientsToHttps() throws Exception {
        Reply reply = proxy.client("main").get("/a", "host: tls.test", "x-forwarded-for: 192.0.2.1");
        assertThat(reply.status()).isEqualTo(301);
        assertThat(reply.field("location")).isEqualTo("https://tls.test/a");
    }

    @Test
    void servesInternalClientsInPlaintext() throws Exception {
        assertThat(proxy.client("main")
                        .get("/a", "host: tls.test", "x-forwarded-for: 10.1.2.3")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void believesNobodyWhoClaimsToBeInternal() throws Exception {
        assertThat(proxy.client("main")
                        .get("/a", "host: tls.test", "x-envoy-internal: true")
                        .status())
                .isEqualTo(301);
    }

    @Test
    void namesTheHostOfOldRequests() throws Exception {
        assertThat(proxy.client("main").exchange("GET /ten HTTP/1.0\r\n\r\n")).contains("host: old.test\r\n");
        assertThat(proxy.client("main").exchange("GET /ten HTTP/1.0\r\nhost: own.test\r\n\r\n"))
                .contains("host: own.test\r\n");
    }
}
