package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What a scanner finds on a listener that says nothing about versions, suites and groups: only what is safe.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TlsProbesIT {
    private static final String CONTEXT = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    /// So that the probe itself is ready to speak what is old or weak.
    private static final String ANY = " -cipher ALL:NULL:@SECLEVEL=0";

    private static RunningProxy proxy;
    private static Certificates certificates;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        certificates = Certificates.create();
        proxy = plane.start(new Bootstrap()
                .listener("simple", chain("", ""))
                .listener(
                        "no-tickets",
                        chain(
                                "disable_stateless_session_resumption: true, disable_stateful_session_resumption: true,",
                                ""))
                .listener(
                        "mutual",
                        chain(
                                "require_client_certificate: true,",
                                ", validation_context: {trusted_ca: {filename: \"%s\"}}"
                                        .formatted(certificates.file("ca.pem")))));
    }

    private static String chain(String fields, String validation) {
        String onlyTheClient = """
                {name: envoy.filters.http.rbac, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC,
                  rules: {policies: {p: {permissions: [{any: true}], principals: [{authenticated: {principal_name:
                    {exact: "spiffe://mesh.test/ns/a/sa/client"}}}]}}}}},""";
        return """
                filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": %sDownstreamTlsContext, %s
                  common_tls_context: {tls_certificates: [%s]%s}}}}]""".formatted(
                        Bootstrap.manager(
                                "main",
                                "",
                                validation.isEmpty() ? "" : onlyTheClient,
                                "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}"),
                        CONTEXT,
                        fields,
                        certificates.pair("server"),
                        validation);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        proxy.close();
    }

    private static String probe(String options) throws Exception {
        return TlsProbe.run(proxy.port("simple"), options);
    }

    @Test
    void speaksTls12And13() throws Exception {
        assertThat(probe("-tls1_2")).contains("New, TLSv1.2, Cipher is ECDHE-RSA-");
        assertThat(probe("-tls1_3")).contains("New, TLSv1.3, Cipher is TLS_");
    }

    @Test
    void refusesOlderVersions() throws Exception {
        assertThat(probe("-tls1" + ANY)).contains("alert protocol version").contains("Cipher is (NONE)");
        assertThat(probe("-tls1_1" + ANY)).contains("alert protocol version").contains("Cipher is (NONE)");
    }

    @Test
    void refusesSsl() throws Exception {
        // ClientHello of SSL 3 with one suite, and of SSL 2.
        String random = "00".repeat(32);
        assertThat(answer("160300002d010000290300" + random + "00" + "0002" + "002f" + "0100"))
                .matches("(1503..0002.*)?");
        assertThat(answer("801c010300000300000010010080" + "00".repeat(16))).matches("(1503..0002.*)?");
    }

    private static String answer(String hello) throws IOException {
        try (Socket socket = proxy.connect("simple")) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(HexFormat.of().parseHex(hello));
            socket.getOutputStream().flush();
            try (InputStream in = socket.getInputStream()) {
                return HexFormat.of().formatHex(in.readAllBytes());
            }
        } catch (java.net.SocketException _) {
            return "";
        }
    }

    @Test
    void speaksForwardSecretAuthenticatedSuitesAlone() throws Exception {
        for (String suite :
                List.of("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305")) {
            assertThat(probe("-tls1_2 -cipher " + suite)).contains("Cipher is " + suite);
        }
        for (String suite : List.of(
                "AES128-SHA",
                "AES256-SHA",
                "AES128-SHA256",
                "AES128-GCM-SHA256",
                "AES256-GCM-SHA384",
                "AES128-CCM",
                "ECDHE-RSA-AES128-SHA",
                "ECDHE-RSA-AES256-SHA",
                "ECDHE-RSA-AES128-SHA256",
                "ECDHE-RSA-NULL-SHA",
                "DHE-RSA-AES128-GCM-SHA256",
                "DHE-RSA-CHACHA20-POLY1305",
                "ADH-AES128-GCM-SHA256",
                "AECDH-AES128-SHA",
                "CAMELLIA128-SHA",
                "ARIA128-GCM-SHA256",
                "NULL-SHA256")) {
            assertThat(probe("-tls1_2 -cipher " + suite + ":@SECLEVEL=0"))
                    .as(suite)
                    .contains("alert handshake failure");
        }
    }

    @Test
    void agreesOnStrongGroupsAlone() throws Exception {
        assertThat(probe("-groups X25519")).contains("Server Temp Key: X25519");
        assertThat(probe("-groups P-256")).contains("Server Temp Key: ECDH, prime256v1");
        for (String group : List.of("P-521", "X448", "ffdhe2048")) {
            assertThat(probe("-groups " + group)).as(group).contains("alert handshake failure");
        }
        assertThat(probe("-tls1_2 -groups secp224r1:brainpoolP256r1" + ANY)).contains("alert handshake failure");
    }

    @Test
    void doesNotRenegotiate() throws Exception {
        String said = TlsProbe.run(proxy.port("simple"), "-tls1_2 -msg", "R\n");

        assertThat(said).contains("RENEGOTIATING").containsAnyOf("no_renegotiation", "no renegotiation");
        assertThat(said).contains("Secure Renegotiation IS supported");
    }

    @Test
    void doesNotCompress() throws Exception {
        assertThat(probe("-tls1_2 -comp")).contains("Compression: NONE");
    }

    @Test
    void noticesADowngrade() throws Exception {
        assertThat(probe("-no_tls1_3 -fallback_scsv")).contains("alert inappropriate fallback");
    }

    @Test
    void resumesByTicketsUnlessToldOtherwise() throws Exception {
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            assertThat(resumed("simple", version)).as(version).contains("Reused, TLS");
            assertThat(resumed("no-tickets", version)).as(version).contains("New, TLS");
        }
    }

    @Test
    void knowsTheClientOfAResumedSession() throws Exception {
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            assertThat(resumed("mutual", version))
                    .as(version)
                    .contains("Reused, TLS")
                    .contains("200 OK");
        }
    }

    @Test
    void takesNoTicketOfAnotherListener() throws Exception {
        Path session = certificates.file("elsewhere");
        TlsProbe.request(proxy.port("simple"), certificates, "client", "-sess_out " + session);

        assertThat(TlsProbe.request(proxy.port("mutual"), certificates, "client", "-sess_in " + session))
                .contains("New, TLS")
                .contains("200 OK");
    }

    /// What the second of two connections says, which brings the session of the first.
    private static String resumed(String listener, String version) throws Exception {
        Path session = certificates.file(listener + version);
        TlsProbe.request(proxy.port(listener), certificates, "client", version + " -sess_out " + session);
        return Files.exists(session)
                ? TlsProbe.request(proxy.port(listener), certificates, "client", version + " -sess_in " + session)
                : "New, TLS, since nothing can be resumed";
    }
}
