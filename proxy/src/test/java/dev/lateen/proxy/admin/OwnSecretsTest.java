package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.tls.CertificateConfig;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.SecretRef;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.tls.ValidationConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnSecretsTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    private static Secrets identity() throws Exception {
        X509Bundle root =
                builder().subject("CN=root").setIsCertificateAuthority(true).buildSelfSigned();
        X509Bundle leaf = builder()
                .subject("CN=leaf")
                .addSanUriName("spiffe://cluster.local/ns/a/sa/b")
                .buildIssuedBy(root);
        Secrets secrets = new Secrets();
        secrets.put(
                new SecretRef("default", SecretRef.Origin.LOCAL),
                new Secret.Certificate(new CertificateConfig(
                        List.of(leaf.getCertificate()), leaf.getKeyPair().getPrivate())));
        secrets.put(
                new SecretRef("ROOTCA", SecretRef.Origin.LOCAL),
                new Secret.Validation(ValidationConfig.ofRoots(List.of(root.getCertificate()))));
        return secrets;
    }

    private static CertificateBuilder builder() {
        return new CertificateBuilder().notBefore(NOW).notAfter(NOW.plus(Duration.ofDays(10)));
    }

    @Test
    void showsTheIdentityWithoutItsKey() throws Exception {
        Secrets secrets = identity();

        List<AdminBackend.Accepted> shown = OwnSecrets.of(secrets);

        assertThat(shown).extracting(AdminBackend.Accepted::name).containsExactly("ROOTCA", "default");
        assertThat(shown).noneMatch(AdminBackend.Accepted::fixed);
        var message = io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.parseFrom(
                shown.getLast().resource().getValue());
        assertThat(message.getTlsCertificate()
                        .getCertificateChain()
                        .getInlineBytes()
                        .toStringUtf8())
                .startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(message.getTlsCertificate().getPrivateKey().getInlineString())
                .isEqualTo("[redacted]");
    }

    @Test
    void leavesWhatWasDiscoveredToTheDumpOfDiscoveredResources() throws Exception {
        Secrets secrets = identity();
        secrets.put(
                new SecretRef("gateway", SecretRef.Origin.ADS),
                secrets.get(new SecretRef("default", SecretRef.Origin.LOCAL)).orElseThrow());
        assertThat(OwnSecrets.of(secrets))
                .extracting(AdminBackend.Accepted::name)
                .doesNotContain("gateway");
    }

    @Test
    void listsCertificatesWithTheirAuthorities() throws Exception {
        String json = OwnSecrets.certificates(identity(), NOW);
        assertThat(json)
                .contains("\"ca_cert\":[{\"path\":\"default\"", "\"cert_chain\":[{\"path\":\"default\"")
                .contains("\"uri\":\"spiffe://cluster.local/ns/a/sa/b\"", "\"days_until_expiration\":\"10\"");
        String key = Base64.getEncoder()
                .encodeToString(identity().get(new SecretRef("default", SecretRef.Origin.LOCAL)).stream()
                        .map(secret -> ((Secret.Certificate) secret)
                                .certificate()
                                .key()
                                .getEncoded())
                        .findFirst()
                        .orElseThrow());
        assertThat(json).doesNotContain(key);
    }
}
