package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.identity.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// TLS of a gateway's servers, as `tls` of Gateways says, from its text to handshakes: which clients they believe
/// (`caCrl`, `subjectAltNames`, `verifyCertificateSpki`, `verifyCertificateHash`, `OPTIONAL_MUTUAL`), and which
/// versions and suites they speak.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ServerTlsFieldsIT {
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: in, namespace: default}
            spec:
              hosts: [in.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: in, namespace: default}
            spec:
              hosts: ["*.gate.test"]
              gateways: [gate]
              http: [{route: [{destination: {host: in.svc.test}}]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: gate, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers:
            """;
    private static final String SERVER = """
              - port: {number: %1$d, name: https-%2$s, protocol: HTTPS}
                hosts: [%2$s.gate.test]
                tls:
                  serverCertificate: %3$s/door.pem
                  privateKey: %3$s/door.key
                  caCertificates: %3$s/ca.pem
                  %4$s
            """;
    private static final String SUITE = "ECDHE-RSA-AES128-GCM-SHA256";

    private static Upstream in;
    private static Certificates certificates;
    private static RunningProxy proxy;
    private static int port;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        in = Upstream.saying("in");
        certificates = Certificates.create();
        certificates.issue("door", "subjectAltName=DNS:*.gate.test");
        certificates.issue("other", "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/other");
        certificates.issue("revoked", "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/revoked");
        certificates.revoke("revoked");
        certificates.authority("strangers");
        certificates.issue("stranger", "subjectAltName=URI:spiffe://mesh.test/ns/a/sa/client", "strangers", "-days 2");
        port = Ports.free();
        proxy = plane.start(FileSecrets.ofGateway(plane, mesh(), List.of(port)));
    }

    private static String mesh() throws Exception {
        return GATEWAY.formatted(in.port())
                + server("mutual", "{mode: MUTUAL}")
                + server("listed", "{mode: MUTUAL, caCrl: %s}".formatted(certificates.file("crl.pem")))
                + server("named", "{mode: MUTUAL, subjectAltNames: [\"spiffe://mesh.test/ns/a/sa/client\"]}")
                + server("keyed", "{mode: MUTUAL, verifyCertificateSpki: [\"%s\"]}".formatted(key("client")))
                + server("hashed", "{mode: MUTUAL, verifyCertificateHash: [\"%s\"]}".formatted(hash("client")))
                + server(
                        "either",
                        "{mode: MUTUAL, verifyCertificateSpki: [\"%s\"], verifyCertificateHash: [\"%s\"]}"
                                .formatted(key("client"), hash("other")))
                + server("optional", "{mode: OPTIONAL_MUTUAL}")
                + server("simple", "{mode: SIMPLE}")
                + server("newest", "{mode: SIMPLE, minProtocolVersion: TLSV1_3}")
                + server("elder", "{mode: SIMPLE, maxProtocolVersion: TLSV1_2}")
                + server("suited", "{mode: SIMPLE, cipherSuites: [%s]}".formatted(SUITE));
    }

    private static String server(String name, String tls) {
        String fields = tls.substring(1, tls.length() - 1).replace(", ", "\n      ");
        return SERVER.formatted(port, name, certificates.directory(), fields);
    }

    private static X509Certificate certificate(String name) throws IOException {
        return Pem.certificates(Files.readString(certificates.file(name + ".pem")))
                .getFirst();
    }

    private static String key(String name) throws Exception {
        return Base64.getEncoder()
                .encodeToString(digest(certificate(name).getPublicKey().getEncoded()));
    }

    private static String hash(String name) throws Exception {
        return HexFormat.of().formatHex(digest(certificate(name).getEncoded()));
    }

    private static byte[] digest(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        in.close();
    }

    /// Whether a client gets an answer through a handshake with these options.
    private static boolean served(String name, String options) throws Exception {
        String host = name + ".gate.test";
        String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        String said = TlsProbe.run(port, ("-ign_eof -servername " + host + " " + options).strip(), request);
        assertThat(said).as("the answer of %s", host).doesNotContain("HTTP/1.1 4", "HTTP/1.1 5");
        return said.contains("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({
        "mutual, client, true",
        "mutual, other, true",
        "mutual, revoked, true",
        "mutual, stranger, false",
        "mutual, -, false",
        "listed, client, true",
        "listed, revoked, false",
        "named, client, true",
        "named, other, false",
        "named, stranger, false",
        "keyed, client, true",
        "keyed, other, false",
        "hashed, client, true",
        "hashed, other, false",
        "either, client, true",
        "either, other, true",
        "either, revoked, false",
        "optional, client, true",
        "optional, stranger, false",
        "optional, -, true",
        "simple, -, true",
    })
    void servesThoseWhomItBelieves(String host, String shown, boolean expected) throws Exception {
        String options = shown.equals("-")
                ? ""
                : "-cert %s -key %s".formatted(certificates.file(shown + ".pem"), certificates.file(shown + ".key"));
        assertThat(served(host, options)).isEqualTo(expected);
        assertThat(served(host, (options + " -tls1_2").strip()))
                .as("with TLS 1.2")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "simple, -tls1_2, true",
        "simple, -tls1_3, true",
        "newest, -tls1_2, false",
        "newest, -tls1_3, true",
        "elder, -tls1_2, true",
        "elder, -tls1_3, false",
        "simple, -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384, true",
        "suited, -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256, true",
        "suited, -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384, false",
        "suited, -tls1_2, true",
    })
    void speaksTheVersionsAndSuitesOfItsServers(String host, String options, boolean expected) throws Exception {
        assertThat(served(host, options)).isEqualTo(expected);
    }
}
