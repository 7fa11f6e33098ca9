package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers whose certificates are wrong are refused, as clients and as servers, and the access log says what is wrong.
@ParameterizedClass
@EnumSource(DataPlane.class)
class PeerRefusalsIT {
    private static final String CONTEXT = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
    private static final String ID = "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/peer";
    private static final String EXPECTED = "spiffe://mesh.test/ns/a/sa/peer";

    /// What is wrong with a certificate, to what the log says of it.
    private static final Map<String, String> WRONG = new TreeMap<>(Map.of(
            "expired", "certificate_has_expired",
            "future", "certificate_is_not_yet_valid",
            "foreign", "unable_to_get_local_issuer_certificate",
            "self-signed", "self_signed_certificate",
            "revoked", "certificate_revoked",
            "purpose", "unsupported_certificate_purpose",
            "name", "SAN_matcher",
            "trust-domain", "SAN_matcher"));

    private static RunningProxy proxy;
    private static Certificates certificates;
    private static Path connections;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        certificates = certificates();
        connections = certificates.file("connections.log");
        Files.createFile(connections);
        Bootstrap bootstrap = new Bootstrap().listener("mutual", ACCESS_LOG.formatted(connections) + chain("server"));
        StringBuilder routes = new StringBuilder();
        for (String name : names()) {
            String listener = "as-" + name;
            bootstrap.listener(listener, chain(name));
            bootstrap.cluster(name, upstream(), bootstrap.ports().of(listener));
            routes.append("{match: {prefix: /%s}, route: {cluster: %s}},".formatted(name, name));
        }
        proxy = plane.start(
                bootstrap.http("out", routes.deleteCharAt(routes.length() - 1).toString()));
    }

    private static List<String> names() {
        List<String> all = new ArrayList<>(WRONG.keySet());
        all.add("good");
        return all;
    }

    private static Certificates certificates() throws Exception {
        Certificates made = Certificates.create();
        made.authority("other");
        made.issue("good", ID);
        made.issue("expired", ID, "ca", "-startdate 20200101000000Z -enddate 20210101000000Z");
        made.issue("future", ID, "ca", "-startdate 20900101000000Z -enddate 20910101000000Z");
        made.issue("foreign", ID, "other", "-days 2");
        made.selfSigned("self-signed", "URI:" + EXPECTED);
        made.issue("purpose", ID + ";extendedKeyUsage=codeSigning");
        made.issue("name", "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/somebody");
        made.issue("trust-domain", "subjectAltName=URI:spiffe://elsewhere.test/ns/a/sa/peer");
        made.issue("revoked", ID);
        made.revoke("revoked");
        return made;
    }

    private static final String ACCESS_LOG = """
            access_log: [{name: envoy.access_loggers.file, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
              log_format: {text_format_source: {inline_string: "%%DOWNSTREAM_TRANSPORT_FAILURE_REASON%%\\n"}}}}],""";

    private static String chain(String certificate) {
        return """
                filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": %sDownstreamTlsContext, require_client_certificate: %s,
                  common_tls_context: {tls_certificates: [%s], validation_context: %s}}}}]""".formatted(
                        Bootstrap.manager(
                                "main",
                                "",
                                "",
                                "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}"),
                        CONTEXT,
                        certificate.equals("server"),
                        certificates.pair(certificate),
                        certificate.equals("server") ? validation() : "{}");
    }

    private static String upstream() {
        return """
                transport_socket: {name: envoy.transport_sockets.tls, typed_config: {"@type": %sUpstreamTlsContext,
                  common_tls_context: {validation_context: %s}}}""".formatted(CONTEXT, validation());
    }

    private static String validation() {
        return """
                {trusted_ca: {filename: "%s"}, crl: {filename: "%s"},
                 match_typed_subject_alt_names: [{san_type: URI, matcher: {exact: "%s"}}]}""".formatted(certificates.file("ca.pem"), certificates.file("crl.pem"), EXPECTED);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        proxy.close();
    }

    @Test
    void servesAndTrustsAPeerWithNothingWrong() throws Exception {
        assertThat(proxy.client("out").get("/good").status()).isEqualTo(200);
        assertThat(TlsProbe.request(proxy.port("mutual"), certificates, "good")).contains("200 OK");
    }

    @Test
    void refusesServersAndSaysWhy() throws Exception {
        Map<String, String> said = new TreeMap<>();
        for (String wrong : WRONG.keySet()) {
            assertThat(proxy.client("out").get("/" + wrong + "?one").status()).isEqualTo(503);
            LogLine line = proxy.logged("/" + wrong + "?one");
            assertThat(line.flags()).isEqualTo("UF");
            said.put(wrong, line.transportFailure());
        }
        assertThat(reasons(said)).isEqualTo(WRONG);
    }

    @Test
    void refusesClientsAndSaysWhy() throws Exception {
        Map<String, String> said = new TreeMap<>();
        for (String wrong : WRONG.keySet()) {
            int before = failures().size();
            assertThat(TlsProbe.request(proxy.port("mutual"), certificates, wrong))
                    .doesNotContain("200 OK");
            await().atMost(Duration.ofSeconds(10)).until(() -> failures().size() > before);
            said.put(wrong, failures().getLast());
        }
        assertThat(reasons(said)).isEqualTo(WRONG);
    }

    @Test
    void countsRefusedClients() throws Exception {
        TlsProbe.request(proxy.port("mutual"), certificates, "expired");
        TlsProbe.request(proxy.port("mutual"), certificates, "name");
        TlsProbe.run(proxy.port("mutual"), "");
        String prefix = "listener.127.0.0.1_" + proxy.port("mutual") + ".ssl.";

        for (String counter : List.of("fail_verify_error", "fail_verify_san", "fail_verify_no_cert")) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(proxy.client("admin")
                                    .get("/stats?filter=" + counter)
                                    .body())
                            .containsPattern(prefix.replace(".", "\\.") + counter + ": [1-9]"));
        }
    }

    private static List<String> failures() throws Exception {
        return Files.readAllLines(connections).stream()
                .filter(line -> line.contains("TLS_error"))
                .toList();
    }

    /// The expected reason where it is among the words, otherwise all of them.
    private static Map<String, String> reasons(Map<String, String> said) {
        return new TreeMap<>(said.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> {
            String expected = WRONG.get(entry.getKey());
            return entry.getValue().replace(' ', '_').contains(expected) ? expected : entry.getValue();
        })));
    }
}
