package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A listener that trusts two meshes: the authority of each speaks for its own names alone.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TrustDomainsIT {
    private static final String CONTEXT = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    private static RunningProxy proxy;
    private static Certificates certificates;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        certificates = Certificates.create();
        certificates.authority("other");
        certificates.issue("local", id("mesh.test"));
        certificates.issue("neighbour", id("other.test"), "other", "-days 2");
        certificates.issue("forged", id("mesh.test"), "other", "-days 2");
        certificates.issue("abroad", id("third.test"), "other", "-days 2");
        String validator = """
                {custom_validator_config: {name: envoy.tls.cert_validator.spiffe, typed_config: {
                  "@type": %sSPIFFECertValidatorConfig, trust_domains: [
                   {name: mesh.test, trust_bundle: {filename: "%s"}},
                   {name: other.test, trust_bundle: {filename: "%s"}}]}}}""".formatted(CONTEXT, certificates.file("ca.pem"), certificates.file("other.pem"));
        proxy = plane.start(new Bootstrap().listener("both", """
                        filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                          "@type": %sDownstreamTlsContext, require_client_certificate: true,
                          common_tls_context: {tls_certificates: [%s], validation_context: %s}}}}]""".formatted(
                        Bootstrap.manager(
                                "main",
                                "",
                                "",
                                "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}"),
                        CONTEXT,
                        certificates.pair("server"),
                        validator)));
    }

    private static String id(String trustDomain) {
        return "basicConstraints=critical,CA:FALSE;keyUsage=digitalSignature;subjectAltName=URI:spiffe://" + trustDomain
                + "/ns/a/sa/b";
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        proxy.close();
    }

    private static String asked(String certificate) throws Exception {
        return TlsProbe.request(proxy.port("both"), certificates, certificate);
    }

    @Test
    void takesThePeersOfBoth() throws Exception {
        assertThat(asked("local")).contains("200 OK");
        assertThat(asked("neighbour")).contains("200 OK");
    }

    @Test
    void refusesANameThatItsAuthorityDoesNotSpeakFor() throws Exception {
        assertThat(asked("forged")).doesNotContain("200 OK");
    }

    @Test
    void refusesATrustDomainThatNobodyNamed() throws Exception {
        assertThat(asked("abroad")).doesNotContain("200 OK");
    }
}
