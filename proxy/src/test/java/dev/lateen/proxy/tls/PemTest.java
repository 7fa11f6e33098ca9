package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.Place;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PemTest {
    private static final Place HERE = Place.resource("secret", "here");

    private static X509Bundle bundle(Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=x")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static byte[] pem(String label, byte[] der) {
        return ("-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                        + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048", "ed25519"})
    void readsEveryKindOfKeyAndFindsItsCertificate(Algorithm algorithm) throws Exception {
        X509Bundle bundle = bundle(algorithm);

        PrivateKey key = Pem.key(bundle.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII), HERE);

        assertThat(key).isEqualTo(bundle.getKeyPair().getPrivate());
        assertThat(KeyMatch.matches(new CertificateConfig(bundle.getCertificatePathList(), key)))
                .isTrue();
    }

    @Test
    void readsAnRsaKeyInPkcs1() throws Exception {
        RSAPrivateCrtKey key =
                (RSAPrivateCrtKey) bundle(Algorithm.rsa2048).getKeyPair().getPrivate();
        // PKCS#8 holds the PKCS#1 structure behind 26 bytes of wrapping.
        byte[] pkcs1 = Arrays.copyOfRange(key.getEncoded(), 26, key.getEncoded().length);

        assertThat(Pem.key(pem("RSA PRIVATE KEY", pkcs1), HERE)).isEqualTo(key);
    }

    @Test
    void saysThatAKeyIsEncryptedWithoutShowingIt() {
        assertThatThrownBy(() -> Pem.key(pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}), HERE))
                .hasMessageContaining("is encrypted; passwords are not supported");
    }

    @Test
    void knowsAKeyOfAnotherCertificate() throws Exception {
        X509Bundle one = bundle(Algorithm.ecp256);
        X509Bundle other = bundle(Algorithm.rsa2048);

        assertThat(KeyMatch.matches(new CertificateConfig(
                        one.getCertificatePathList(), other.getKeyPair().getPrivate())))
                .isFalse();
    }

    @Test
    void doesNotPrintAKey() throws Exception {
        assertThat(Credentials.config(bundle(Algorithm.ecp256))).asString().contains("CN=x", "key [redacted]");
    }
}
