package dev.lateen.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/// Verifies that a peer's chain leads to a trusted authority, is in force, was made for the peer's role and is not
/// revoked. Every trusted certificate ends a path, an intermediate as well as a root.
///
/// Limits: a chain of `MAX_CHAIN` certificates.
///
/// Source: RFC 5280 §6; envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext. Thread: any.
final class ChainVerifier {
    private static final int MAX_CHAIN = 10;
    private static final int DIGITAL_SIGNATURE = 0;

    /// What the peer is, by the purpose that its certificate must be made for.
    enum Role {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String purpose;

        Role(String purpose) {
            this.purpose = purpose;
        }
    }

    private final List<X509Certificate> roots;
    private final Revocations revocations;
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final Set<X500Principal> anchorNames = new HashSet<>();

    /// @param roots at least one
    ChainVerifier(List<X509Certificate> roots, Revocations revocations) {
        this.roots = roots;
        this.revocations = revocations;
        for (X509Certificate root : roots) {
            anchors.add(new TrustAnchor(root, null));
            anchorNames.add(root.getSubjectX500Principal());
        }
    }

    /// @return the moment from which on the answer may be another
    Instant verify(X509Certificate[] chain, Role role, Instant now) throws CertificateException {
        if (chain.length > MAX_CHAIN) {
            throw refuse("certificate chain too long: " + chain.length + " (at most " + MAX_CHAIN + ")");
        }
        X509Certificate leaf = chain[0];
        checkPurpose(leaf, role);
        List<X509Certificate> path = path(chain);
        Instant end = Instant.MAX;
        for (X509Certificate link : path.isEmpty() ? List.of(leaf) : path) {
            end = earlier(end, checkDates(link, now));
        }
        if (path.isEmpty()) {
            return end; // The leaf itself is trusted.
        }
        return earlier(end, checkDates(validate(path, now), now));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// The links from the leaf up to the one whose issuer is trusted; peers may send more, and in disorder.
    private List<X509Certificate> path(X509Certificate[] chain) throws CertificateException {
        List<X509Certificate> path = new ArrayList<>(chain.length);
        X509Certificate link = chain[0];
        if (roots.contains(link)) {
            return path;
        }
        path.add(link);
        while (!anchorNames.contains(link.getIssuerX500Principal())) {
            X509Certificate issuer = issuer(chain, link, path);
            if (issuer == null) {
                throw refuse(noAuthority(chain[0], link));
            }
            path.add(issuer);
            link = issuer;
        }
        return path;
    }

    private static @org.jspecify.annotations.Nullable X509Certificate issuer(
            X509Certificate[] chain, X509Certificate link, List<X509Certificate> path) {
        for (X509Certificate candidate : chain) {
            if (candidate.getSubjectX500Principal().equals(link.getIssuerX500Principal())
                    && !path.contains(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static String noAuthority(X509Certificate leaf, X509Certificate top) {
        boolean selfSigned = top.getIssuerX500Principal().equals(top.getSubjectX500Principal());
        if (!selfSigned) {
            return "unable to get local issuer certificate: no trusted authority is named "
                    + top.getIssuerX500Principal();
        }
        return top.equals(leaf) ? "self signed certificate" : "self signed certificate in certificate chain";
    }

    private static Instant checkDates(X509Certificate link, Instant now) throws CertificateException {
        try {
            link.checkValidity(Date.from(now));
        } catch (CertificateExpiredException _) {
            throw refuse("certificate has expired: " + link.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException _) {
            throw refuse("certificate is not yet valid: " + link.getNotBefore().toInstant());
        }
        return link.getNotAfter().toInstant();
    }

    private static void checkPurpose(X509Certificate leaf, Role role) throws CertificateException {
        List<String> purposes = leaf.getExtendedKeyUsage();
        boolean[] usage = leaf.getKeyUsage();
        if ((purposes != null && !purposes.contains(role.purpose))
                || (role == Role.CLIENT && usage != null && !usage[DIGITAL_SIGNATURE])) {
            throw refuse("unsupported certificate purpose: not for a " + (role == Role.CLIENT ? "client" : "server"));
        }
    }

    private X509Certificate validate(List<X509Certificate> path, Instant now) throws CertificateException {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            var result = (PKIXCertPathValidatorResult) validator.validate(
                    CertificateFactory.getInstance("X.509").generateCertPath(path), parameters(validator, now));
            return result.getTrustAnchor().getTrustedCert();
        } catch (CertPathValidatorException e) {
            throw refuse(words(e));
        } catch (GeneralSecurityException e) {
            throw refuse("certificate cannot be verified: " + e.getMessage());
        }
    }

    private PKIXParameters parameters(CertPathValidator validator, Instant now)
            throws InvalidAlgorithmParameterException, GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setDate(Date.from(now));
        parameters.setRevocationEnabled(false);
        if (!revocations.lists().isEmpty()) {
            PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            EnumSet<PKIXRevocationChecker.Option> options =
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK);
            if (revocations.leafOnly()) {
                options.add(PKIXRevocationChecker.Option.ONLY_END_ENTITY);
            }
            checker.setOptions(options);
            parameters.addCertPathChecker(checker);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations.lists())));
        }
        return parameters;
    }

    private static String words(CertPathValidatorException failure) {
        return switch (failure.getReason()) {
            case BasicReason reason ->
                switch (reason) {
                    case REVOKED -> "certificate revoked";
                    case UNDETERMINED_REVOCATION_STATUS -> "unable to get certificate CRL";
                    case INVALID_SIGNATURE -> "certificate signature failure";
                    case ALGORITHM_CONSTRAINED -> "certificate of a key or signature that is too weak";
                    case EXPIRED -> "certificate has expired";
                    case NOT_YET_VALID -> "certificate is not yet valid";
                    case UNSPECIFIED -> "certificate cannot be verified: " + failure.getMessage();
                };
            case PKIXReason.NOT_CA_CERT -> "invalid CA certificate";
            case PKIXReason.PATH_TOO_LONG -> "path length constraint exceeded";
            default -> "certificate cannot be verified: " + failure.getMessage();
        };
    }

    private static PeerRefusal refuse(String reason) {
        return new PeerRefusal(PeerRefusal.Kind.CHAIN, reason);
    }
}
