package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS towards services outside, as `tls` of DestinationRules says, from its text to what servers see: whose
/// certificate is shown, which name is asked for, and which servers are not believed.
@ParameterizedClass
@EnumSource(DataPlane.class)
class UpstreamTlsFieldsIT {
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: http, protocol: HTTP}]
              endpoints: [{address: 127.0.0.1, ports: {http: %2$d}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.up.test]
              gateways: [entry]
              http: [{route: [{destination: {host: %1$s.svc.test, port: {number: 80}}}], retries: {attempts: 0}}]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: %1$s, namespace: default}
            spec: {host: %1$s.svc.test, trafficPolicy: {%3$s}}
            """;

    private static Certificates certificates;
    private static TlsServer good;
    private static TlsServer strict;
    private static TlsServer revoked;
    private static TlsServer foreign;
    private static Upstream plain;
    private static RunningProxy proxy;
    private static int port;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        certificates = Certificates.create();
        certificates.issue("good", "subjectAltName=DNS:*.up.test,DNS:named.test");
        certificates.issue("revoked", "subjectAltName=DNS:*.up.test");
        certificates.revoke("revoked");
        certificates.authority("strangers");
        certificates.issue("foreign", "subjectAltName=DNS:*.up.test", "strangers", "-days 2");
        good = new TlsServer(certificates.showing("good"), false);
        strict = new TlsServer(certificates.showing("good"), true);
        revoked = new TlsServer(certificates.showing("revoked"), false);
        foreign = new TlsServer(certificates.showing("foreign"), false);
        plain = Upstream.saying("plain");
        port = Ports.free();
        proxy = plane.start(FileSecrets.ofGateway(plane, mesh(), List.of(port)));
    }

    private static String mesh() {
        String simple = "mode: SIMPLE, caCertificates: " + certificates.file("ca.pem");
        String shown = ", clientCertificate: %s, privateKey: %s"
                .formatted(certificates.file("client.pem"), certificates.file("client.key"));
        String mutual = "mode: MUTUAL, caCertificates: " + certificates.file("ca.pem") + shown;
        String crl = ", caCrl: " + certificates.file("crl.pem");
        return ServiceYaml.entry(port)
                + service("simple", good.port(), simple)
                + service("mutual", strict.port(), mutual)
                + service("anonymous", strict.port(), simple)
                + service("asking", good.port(), simple + ", sni: asked.up.test")
                + service("fitting", good.port(), simple + ", subjectAltNames: [other.test, named.test]")
                + service("misfit", good.port(), simple + ", subjectAltNames: [other.test]")
                + service("misnamed", good.port(), simple + ", sni: one.up.test, subjectAltNames: [one.test]")
                + service("system", good.port(), "mode: SIMPLE")
                + service("mutual-system", strict.port(), "mode: MUTUAL" + shown)
                + service("strange", foreign.port(), simple)
                + service("skipped", foreign.port(), "mode: SIMPLE, insecureSkipVerify: true")
                + service("mutual-skipped", strict.port(), "mode: MUTUAL, insecureSkipVerify: true" + shown)
                + service("unlisted", good.port(), simple + crl)
                + service("listed", revoked.port(), simple + crl)
                + service("mutual-listed", revoked.port(), mutual + crl)
                + service("believed", revoked.port(), simple)
                + SERVICE.formatted("disabled", plain.port(), """
                        tls: {%s}, portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]""".formatted(simple))
                + SERVICE.formatted("enabled", good.port(), """
                        tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}, tls: {%s}}]""".formatted(simple));
    }

    private static String service(String name, int port, String tls) {
        return SERVICE.formatted(name, port, "tls: {" + tls + "}");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
        for (TlsServer server : List.of(good, strict, revoked, foreign)) {
            server.close();
        }
        plain.close();
    }

    private static Reply get(String host) throws IOException {
        return new HttpClient(port).get("/", "host: " + host + ".up.test");
    }

    /// Where no rule names one, the name is that of the request.
    @ParameterizedTest
    @CsvSource({
        "simple, 'nobody asks for simple.up.test'",
        "mutual, 'CN=client asks for mutual.up.test'",
        "asking, 'nobody asks for asked.up.test'",
        "fitting, 'nobody asks for fitting.up.test'",
        "skipped, 'nobody asks for skipped.up.test'",
        "mutual-skipped, 'CN=client asks for mutual-skipped.up.test'",
        "unlisted, 'nobody asks for unlisted.up.test'",
        "believed, 'nobody asks for believed.up.test'",
        "enabled, 'nobody asks for enabled.up.test'",
    })
    void showsAndAsksAsTheRuleSays(String host, String seen) throws IOException {
        Reply reply = get(host);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anonymous",
                "misfit",
                "misnamed",
                "system",
                "mutual-system",
                "strange",
                "listed",
                "mutual-listed"
            })
    void doesWithoutServersThatProveTooLittle(String host) throws IOException {
        assertThat(get(host).status()).isEqualTo(503);
    }

    @Test
    void speaksPlainlyWhereTheRuleOfAPortSaysSo() throws IOException {
        assertThat(get("disabled").body()).isEqualTo("plain");
    }
}
