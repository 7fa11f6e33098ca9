package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Lets another authority sign, and answers for what is asked of it and for what it answers: requests pass the same
/// checks as those that we sign, every certificate is recorded before it is given out, and one that is not for the key
/// and the identity that were asked for, or does not lead to the roots, is not given out.
///
/// Thread: any; blocks while the authority signs.
public final class RegistrationAuthority {
    private static final String ROOTS = "root-cert.pem";

    private final Path rootFile;
    private final Authority authority;
    private final IssuanceLog log;
    private final InstantSource clock;
    private final Duration maxLifetime;
    private volatile List<X509Certificate> roots = List.of();

    /// Who signs.
    ///
    /// Thread: any; may block.
    public interface Authority {
        /// @param csrPem checked already; names the identity
        /// @param lifetime asked for
        /// @return the leaf first, the root last
        ///
        /// Errors: `IOException` with the authority's reason.
        List<String> sign(String csrPem, SpiffeId id, Duration lifetime) throws IOException;
    }

    private RegistrationAuthority(Path directory, Authority authority, InstantSource clock, Duration maxLifetime)
            throws IOException {
        Files.createDirectories(directory);
        this.rootFile = directory.resolve(ROOTS);
        this.authority = authority;
        this.log = IssuanceLog.open(directory);
        this.clock = clock;
        this.maxLifetime = maxLifetime;
        if (Files.exists(rootFile)) {
            roots = Pem.certificates(Files.readString(rootFile));
        }
    }

    /// @param directory where issuances are recorded, and the roots are kept for the next start
    /// @param maxLifetime what requests are cut to
    public static RegistrationAuthority open(
            Path directory, Authority authority, InstantSource clock, Duration maxLifetime) throws IOException {
        return new RegistrationAuthority(directory, authority, clock, maxLifetime);
    }

    /// As `CertificateAuthority.sign`; but the request must name the identity, since the other authority knows it only
    /// by that.
    public SigningResult sign(String csrPem, SpiffeId authenticated, Duration lifetime, String holder) {
        return switch (RequestCheck.check(csrPem, authenticated)) {
            case RequestCheck.Rejected rejected -> new SigningResult.Refused(rejected.reason());
            case RequestCheck.Accepted accepted ->
                accepted.named()
                        ? forward(csrPem, accepted.key(), authenticated, lifetime, holder)
                        : new SigningResult.Refused("CSR: it names nobody (expected: " + authenticated + ")");
        };
    }

    private SigningResult forward(String csrPem, PublicKey key, SpiffeId id, Duration lifetime, String holder) {
        try {
            Duration wanted = lifetime.compareTo(maxLifetime) > 0 ? maxLifetime : lifetime;
            List<String> answer = authority.sign(csrPem, id, wanted);
            if (answer.size() < 2) {
                return wrong("a chain of " + answer.size() + " (expected: the leaf first, the root last)");
            }
            List<X509Certificate> given = Pem.certificates(answer.getLast());
            List<X509Certificate> chain = answer.subList(0, answer.size() - 1).stream()
                    .flatMap(text -> Pem.certificates(text).stream())
                    .collect(Collectors.toList());
            X509Certificate leaf = chain.getFirst();
            if (!leaf.getPublicKey().equals(key)) {
                return wrong("a certificate for another key");
            }
            if (!SpiffeId.of(leaf).equals(Optional.of(id))) {
                return wrong("a certificate for " + SpiffeId.uriNames(leaf) + " (expected: " + id + ")");
            }
            X509Certificate anchor = verify(chain, given);
            remember(given);
            log.record(new IssuanceLog.Issued(
                    clock.instant(),
                    id.uri(),
                    IssuanceLog.plain(holder),
                    leaf.getSerialNumber().toString(16),
                    leaf.getNotAfter().toInstant(),
                    Fingerprint.of(List.of(chain.size() > 1 ? chain.get(1) : anchor)),
                    Fingerprint.of(given)));
            chain.remove(anchor);
            chain.add(anchor);
            return new SigningResult.Signed(chain, anchorFirst(anchor, given));
        } catch (GeneralSecurityException e) {
            return wrong("a certificate that does not lead to its roots: " + e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            return new SigningResult.Failed("the external authority: " + e.getMessage());
        }
    }

    private synchronized void remember(List<X509Certificate> given) throws IOException {
        if (!given.equals(roots)) {
            AuthorityFiles.write(rootFile, Pem.encode(given));
            roots = List.copyOf(given);
        }
    }

    private static SigningResult wrong(String what) {
        return new SigningResult.Failed("the external authority answered with " + what);
    }

    private static List<X509Certificate> anchorFirst(X509Certificate anchor, List<X509Certificate> roots) {
        List<X509Certificate> all = new ArrayList<>();
        all.add(anchor);
        roots.stream().filter(root -> !root.equals(anchor)).forEach(all::add);
        return all;
    }

    private X509Certificate verify(List<X509Certificate> chain, List<X509Certificate> roots)
            throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(
                roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        Instant now = clock.instant();
        parameters.setDate(Date.from(now));
        List<X509Certificate> path =
                chain.stream().filter(link -> !roots.contains(link)).toList();
        var result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        return result.getTrustAnchor().getTrustedCert();
    }

    /// Whom the authority has named lately as trusted; none before its first answer.
    public List<X509Certificate> roots() {
        return roots;
    }
}
