package dev.lateen.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TlsIdentityTest {
    @Test
    void readsAKeyInPkcs8() throws Exception {
        X509Bundle bundle = bundle(CertificateBuilder.Algorithm.ecp256);

        TlsIdentity identity = TlsIdentity.ofPem(bundle.getCertificatePEM(), bundle.getPrivateKeyPEM());

        assertThat(identity.key()).isEqualTo(bundle.getKeyPair().getPrivate());
    }

    @Test
    void readsAnRsaKeyInPkcs1() throws Exception {
        X509Bundle bundle = bundle(CertificateBuilder.Algorithm.rsa2048);
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) bundle.getKeyPair().getPrivate();
        // PKCS#8 holds the PKCS#1 structure behind 26 bytes of wrapping.
        byte[] pkcs1 = Arrays.copyOfRange(key.getEncoded(), 26, key.getEncoded().length);

        TlsIdentity identity = TlsIdentity.ofPem(bundle.getCertificatePEM(), pem("RSA PRIVATE KEY", pkcs1));

        assertThat(identity.key()).isEqualTo(key);
    }

    @Test
    void saysThatAKeyIsEncryptedWithoutShowingIt() throws Exception {
        String certificate = bundle(CertificateBuilder.Algorithm.ecp256).getCertificatePEM();

        assertThatThrownBy(() -> TlsIdentity.ofPem(certificate, pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3})))
                .isInstanceOf(TlsMaterialException.class)
                .hasMessage("the private key is encrypted; store it unencrypted");
    }

    @Test
    void refusesAKeyOfAnotherKindThanTheCertificate() throws Exception {
        String certificate = bundle(CertificateBuilder.Algorithm.ecp256).getCertificatePEM();
        String key = bundle(CertificateBuilder.Algorithm.rsa2048).getPrivateKeyPEM();

        assertThatThrownBy(() -> TlsIdentity.ofPem(certificate, key))
                .hasMessage("the private key is RSA but the certificate is for EC");
    }

    @Test
    void doesNotPrintItsKey() throws Exception {
        X509Bundle bundle = bundle(CertificateBuilder.Algorithm.ecp256);

        assertThat(TlsIdentity.ofPem(bundle.getCertificatePEM(), bundle.getPrivateKeyPEM()))
                .asString()
                .contains("CN=x", "key redacted");
    }

    private static X509Bundle bundle(CertificateBuilder.Algorithm algorithm) throws Exception {
        return new CertificateBuilder()
                .algorithm(algorithm)
                .subject("CN=x")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }
}
