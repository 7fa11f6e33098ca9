package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// TLS from clients and to upstreams: whose certificate is asked for, which name it must hold, what SNI and ALPN
/// choose.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TlsIT {
    private static final String CONTEXT = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private static final String INSPECT_TLS = """
            listener_filters: [{name: envoy.filters.listener.tls_inspector, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],""";
    private static RunningProxy proxy;
    private static Upstream echo;
    private static Certificates certificates;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        certificates = Certificates.create();
        certificates.issue(
                "named",
                "subjectAltName=DNS:server.test,DNS:one.test,DNS:*.two.test,URI:spiffe://mesh.test/ns/a/sa/server");
        Bootstrap bootstrap = new Bootstrap().cluster("echo", echo.port());
        int mutual = bootstrap.ports().of("mutual");
        proxy = plane.start(bootstrap
                .cluster("good", upstream("spiffe://mesh.test/ns/a/sa/server"), mutual)
                .cluster("wrong-name", upstream("spiffe://mesh.test/ns/a/sa/other"), mutual)
                .cluster("plain-to-tls", mutual)
                .cluster("by-name", upstreamByName(), bootstrap.ports().of("names"))
                .listener("mutual", "filter_chains: [" + chain("", true, "main") + "]")
                .listener(
                        "hasty",
                        "filter_chains: [" + chain("transport_socket_connect_timeout: 0.3s,", false, "main") + "]")
                .listener("simple", "filter_chains: [" + chain("", false, "main") + "]")
                .listener(
                        "names",
                        INSPECT_TLS
                                + "filter_chains: [%s, %s, %s]"
                                        .formatted(
                                                chain("filter_chain_match: {server_names: [one.test]},", false, "one"),
                                                chain(
                                                        "filter_chain_match: {server_names: [\"*.two.test\"]},",
                                                        false,
                                                        "two"),
                                                chain(
                                                        "filter_chain_match: {transport_protocol: tls},",
                                                        false,
                                                        "other")))
                .http("out", """
                        {match: {prefix: /good}, route: {cluster: good}},
                        {match: {prefix: /wrong-name}, route: {cluster: wrong-name}},
                        {match: {prefix: /by-name}, route: {cluster: by-name}},
                        {match: {prefix: /plain}, route: {cluster: plain-to-tls}}"""));
    }

    private static String chain(String match, boolean mutual, String says) {
        String validation = mutual
                ? ", validation_context: {trusted_ca: {filename: \"%s\"}}".formatted(certificates.file("ca.pem"))
                : "";
        return """
                {%s filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": %sDownstreamTlsContext, require_client_certificate: %s,
                  common_tls_context: {alpn_protocols: [h2, http/1.1], tls_certificates: [%s]%s}}}}""".formatted(
                        match,
                        Bootstrap.manager(
                                says,
                                "",
                                "",
                                "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: %s}}}]}"
                                        .formatted(says)),
                        CONTEXT,
                        mutual,
                        certificates.pair("named"),
                        validation);
    }

    private static String upstream(String name) {
        return """
                transport_socket: {name: envoy.transport_sockets.tls, typed_config: {"@type": %sUpstreamTlsContext,
                  sni: server.test, common_tls_context: {tls_certificates: [%s], validation_context: {
                    trusted_ca: {filename: "%s"},
                    match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: "%s"}}]}}}}""".formatted(CONTEXT, certificates.pair("client"), certificates.file("ca.pem"), name);
    }

    /// The name to ask for, and to find in the certificate, is that of the request.
    private static String upstreamByName() {
        return """
                typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
                  "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
                  upstream_http_protocol_options: {auto_sni: true, auto_san_validation: true},
                  explicit_http_config: {http_protocol_options: {}}}},
                transport_socket: {name: envoy.transport_sockets.tls, typed_config: {"@type": %sUpstreamTlsContext,
                  common_tls_context: {validation_context: {trusted_ca: {filename: "%s"}}}}}""".formatted(CONTEXT, certificates.file("ca.pem"));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    /// Whoever connects and says nothing.
    @Test
    void endsHandshakesThatDoNotHappen() throws Exception {
        try (Socket socket = proxy.connect("hasty")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static String call(String listener, SSLContext context, String serverName, String... alpn)
            throws Exception {
        try (SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), proxy.port(listener))) {
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            parameters.setApplicationProtocols(alpn);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            if (alpn.length > 0) {
                return socket.getApplicationProtocol();
            }
            HttpClient.write(socket, HttpClient.head("GET", "/"));
            return Reply.read(socket.getInputStream(), "GET").body();
        }
    }

    @Test
    void servesTlsWithoutClientCertificate() throws Exception {
        assertThat(call("simple", certificates.stranger(), "server.test")).isEqualTo("main");
    }

    @Test
    void asksForAClientCertificate() throws Exception {
        assertThat(call("mutual", certificates.client(), "server.test")).isEqualTo("main");
        assertThatThrownBy(() -> call("mutual", certificates.stranger(), "server.test"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void choosesTheChainByServerName() throws Exception {
        assertThat(call("names", certificates.stranger(), "one.test")).isEqualTo("one");
        assertThat(call("names", certificates.stranger(), "a.two.test")).isEqualTo("two");
        assertThat(call("names", certificates.stranger(), "three.test")).isEqualTo("other");
    }

    @Test
    void choosesTheProtocolByAlpn() throws Exception {
        assertThat(call("simple", certificates.stranger(), "a.test", "h2", "http/1.1"))
                .isEqualTo("h2");
        assertThat(call("simple", certificates.stranger(), "a.test", "http/1.1"))
                .isEqualTo("http/1.1");
    }

    @Test
    void refusesPlainTextWhereTlsIsExpected() throws Exception {
        assertThat(proxy.client("simple").exchange(HttpClient.head("GET", "/"))).doesNotContain("200 OK");
    }

    @Test
    void provesItselfToTheUpstream() throws Exception {
        assertThat(proxy.client("out").get("/good").body()).isEqualTo("main");
    }

    @Test
    void refusesAnUpstreamOfAnotherName() throws Exception {
        Reply reply = proxy.client("out").get("/wrong-name?san");
        assertThat(reply.status()).isEqualTo(503);
        LogLine line = proxy.logged("?san");
        assertThat(line.flags()).isEqualTo("UF");
        assertThat(line.transportFailure()).isNotEqualTo("-");
    }

    /// Whose connections are not mixed up: each name has its own.
    @Test
    void asksTheUpstreamForTheNameOfTheRequest() throws Exception {
        HttpClient client = proxy.client("out");
        for (int round = 0; round < 2; round++) {
            Reply one = client.send(HttpClient.head("GET", "/by-name", "host: one.test"));
            assertThat(one.status()).isEqualTo(200);
            assertThat(one.body()).isEqualTo("one");
            Reply two = client.send(HttpClient.head("GET", "/by-name", "host: A.two.test:8080"));
            assertThat(two.body()).isEqualTo("two");
            // Whose chain shows a certificate for the other names only.
            assertThat(client.send(HttpClient.head("GET", "/by-name", "host: stranger.test"))
                            .status())
                    .isEqualTo(503);
        }
    }

    @Test
    void failsWhereTheUpstreamExpectsTls() throws Exception {
        assertThat(proxy.client("out").get("/plain?plain").status()).isEqualTo(503);
        assertThat(proxy.logged("?plain").flags()).isEqualTo("UC");
    }
}
