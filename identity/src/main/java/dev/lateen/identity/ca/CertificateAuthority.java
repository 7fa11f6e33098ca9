package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// Signs workload certificates with a root (or an intermediate) kept on disk.
///
/// Thread: any; signing is meant for virtual threads.
public final class CertificateAuthority {
    private final AuthoritySettings settings;
    private final SigningKey signer;
    private final LeafIssuer issuer;
    private final InstantSource clock;

    private CertificateAuthority(AuthoritySettings settings, SigningKey signer, InstantSource clock) {
        this.settings = settings;
        this.signer = signer;
        this.clock = clock;
        this.issuer = new LeafIssuer(signer, new SecureRandom());
    }

    /// Reads the authority in `directory` (Istio's `cacerts` layout), or makes a self-signed root there when it holds
    /// none.
    /// The directory becomes readable by its owner alone.
    ///
    /// Errors: `IOException` that says which file is wrong and how; an unreadable key is never replaced.
    public static CertificateAuthority open(Path directory, AuthoritySettings settings, InstantSource clock)
            throws IOException {
        return new CertificateAuthority(settings, AuthorityFiles.openOrCreate(directory, settings, clock), clock);
    }

    /// Signs for the identity that the caller proved; the request may name that identity or none, and nothing else.
    ///
    /// @param csrPem as received
    /// @param lifetime the wanted one, zero or less for the default; cut to the maximum and the authority's end
    public SigningResult sign(String csrPem, SpiffeId authenticated, Duration lifetime) {
        return switch (RequestCheck.check(csrPem, authenticated)) {
            case RequestCheck.Accepted accepted ->
                new SigningResult.Signed(issue(
                        accepted.key(),
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, authenticated.uri())),
                        lifetime));
            case RequestCheck.Rejected rejected -> new SigningResult.Refused(rejected.reason());
        };
    }

    /// A certificate for a server of the control plane itself.
    ///
    /// @param dnsNames and addresses at which it is called; an address is recognised by its form
    /// @param id also in the certificate where present
    public List<X509Certificate> issueServer(PublicKey key, List<String> dnsNames, SpiffeId id, Duration lifetime) {
        List<GeneralName> names = new ArrayList<>();
        for (String name : dnsNames) {
            boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
            names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, id.uri()));
        return issue(key, new GeneralNames(names.toArray(GeneralName[]::new)), lifetime);
    }

    /// Whom the mesh trusts.
    public List<X509Certificate> roots() {
        return signer.roots();
    }

    public String rootsPem() {
        return Pem.encode(signer.roots());
    }

    public String trustDomain() {
        return settings.trustDomain();
    }

    /// When the signing certificate ends; nothing signed outlives it.
    public Instant expiry() {
        return signer.certificate().getNotAfter().toInstant();
    }

    private List<X509Certificate> issue(PublicKey key, GeneralNames names, Duration wanted) {
        Instant now = clock.instant();
        Duration lifetime = wanted.isPositive() ? wanted : settings.defaultLifetime();
        if (lifetime.compareTo(settings.maxLifetime()) > 0) {
            lifetime = settings.maxLifetime();
        }
        Instant end = now.plus(lifetime);
        X509Certificate leaf =
                issuer.issue(key, names, now.minus(settings.backdate()), end.isAfter(expiry()) ? expiry() : end);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.addAll(signer.intermediates());
        chain.add(signer.roots().getFirst());
        return chain;
    }
}
