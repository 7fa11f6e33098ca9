package dev.lateen.proxy.tls;

import dev.lateen.proxy.cluster.CertificateNames;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What decides whether a certificate is the one to show to a client.
///
/// Thread: any (immutable).
///
/// @param ellipticCurve its key is one, rather than RSA
/// @param names DNS names, in lower case; those with `*.` stand for one label
public record ServerCertificate(boolean ellipticCurve, List<String> names) {
    private static final int DNS = 2;

    public ServerCertificate {
        names = List.copyOf(names);
    }

    static ServerCertificate of(X509Certificate certificate) {
        boolean ellipticCurve = certificate.getPublicKey().getAlgorithm().equals("EC");
        try {
            List<String> names = Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream()
                    .flatMap(java.util.Collection::stream)
                    .filter(name -> name.get(0).equals(DNS))
                    .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                    .toList();
            return new ServerCertificate(ellipticCurve, names);
        } catch (CertificateParsingException _) {
            return new ServerCertificate(ellipticCurve, List.of());
        }
    }

    /// @param serverName in lower case; empty matches none
    public boolean isFor(String serverName) {
        return !serverName.isEmpty() && names.stream().anyMatch(name -> CertificateNames.matches(name, serverName));
    }
}
