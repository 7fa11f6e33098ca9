package dev.lateen.proxy.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.util.List;

/// Authorities of the tests, and certificates of theirs.
public final class Credentials {
    private Credentials() {}

    public static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    public static CertificateBuilder workload(String uri) throws Exception {
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=workload")
                .addSanUriName(uri);
    }

    static X509Certificate[] chain(X509Bundle bundle) {
        return bundle.getCertificatePath();
    }

    public static CertificateConfig config(X509Bundle bundle) {
        return new CertificateConfig(
                bundle.getCertificatePathList(), bundle.getKeyPair().getPrivate());
    }

    public static List<X509Certificate> root(X509Bundle authority) {
        return List.of(authority.getCertificate());
    }
}
