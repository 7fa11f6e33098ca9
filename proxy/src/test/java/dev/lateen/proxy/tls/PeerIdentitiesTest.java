package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PeerIdentitiesTest {
    private static final String ID = "spiffe://one.test/ns/a/sa/b";

    private static X509Certificate readAgain(X509Certificate certificate) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
    }

    @Test
    void readsACertificateOnce() throws Exception {
        X509Certificate certificate = Credentials.workload(ID)
                .buildIssuedBy(Credentials.authority("one"))
                .getCertificate();

        PeerIdentity peer = PeerIdentities.identity(certificate);

        assertThat(peer.uri()).isEqualTo(ID);
        assertThat(peer.names()).startsWith(ID);
        assertThat(PeerIdentities.identity(readAgain(certificate))).isSameAs(peer);
    }

    @Test
    void tellsCertificatesOfOneNameApart() throws Exception {
        X509Bundle authority = Credentials.authority("one");
        X509Certificate first =
                Credentials.workload(ID).buildIssuedBy(authority).getCertificate();
        X509Certificate second =
                Credentials.workload(ID).buildIssuedBy(authority).getCertificate();

        assertThat(PeerIdentities.identity(first).certificate()).isEqualTo(first);
        assertThat(PeerIdentities.identity(second).certificate()).isEqualTo(second);
    }

    @Test
    void endsWithItsCertificate() throws Exception {
        X509Certificate certificate = Credentials.workload(ID)
                .buildIssuedBy(Credentials.authority("one"))
                .getCertificate();
        Instant end = certificate.getNotAfter().toInstant();

        PeerIdentity peer = PeerIdentities.identity(certificate);

        assertThat(peer.inForce(end.minusMillis(1))).isTrue();
        assertThat(peer.inForce(end)).isFalse();
    }

    @Test
    void forgetsRatherThanGrows() throws Exception {
        X509Bundle authority = Credentials.authority("one");
        X509Certificate first =
                Credentials.workload(ID).buildIssuedBy(authority).getCertificate();
        PeerIdentity known = PeerIdentities.identity(first);
        for (int other = 0; other <= PeerIdentities.MOST; other++) {
            PeerIdentities.identity(
                    Credentials.workload(ID).buildIssuedBy(authority).getCertificate());
        }

        assertThat(PeerIdentities.identity(first)).isNotSameAs(known);
    }
}
