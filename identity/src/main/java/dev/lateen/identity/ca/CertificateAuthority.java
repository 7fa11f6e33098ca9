package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.file.Files;
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

/// Signs workload certificates with a root (or an intermediate) kept on disk, and replaces the root in steps that no
/// workload notices: the new one is trusted before it signs, and the old one is trusted while its certificates are in
/// use. Each step waits for what workloads have really fetched.
///
/// Thread: any; signing is meant for virtual threads.
public final class CertificateAuthority {
    /// An answer that got lost on its way is asked for again within that time.
    static final Duration SETTLE = Duration.ofSeconds(15);

    private final Path directory;
    private final AuthoritySettings settings;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final IssuanceLog log;
    private volatile Current current;
    private String seen;

    /// What signs now.
    private record Current(RotationPhase phase, SigningKey signer, LeafIssuer issuer, String revocations) {}

    private CertificateAuthority(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.clock = clock;
        this.log = IssuanceLog.open(directory);
        this.current = read();
        this.seen = AuthorityFiles.stamp(directory);
    }

    /// Reads the authority in `directory` (Istio's `cacerts` layout), or makes a self-signed root there when it holds
    /// none. The directory becomes readable by its owner alone.
    ///
    /// Errors: `IOException` that says which file is wrong and how; an unreadable key is never replaced.
    public static CertificateAuthority open(Path directory, AuthoritySettings settings, InstantSource clock)
            throws IOException {
        AuthorityFiles.createIfMissing(directory, settings, clock);
        RotationFiles.recover(directory);
        return new CertificateAuthority(directory, settings, clock);
    }

    /// How the authority in `directory` stands, without touching it: another process may be at work there.
    ///
    /// Errors: `IOException` that says which file is missing or wrong.
    public static RotationStatus look(Path directory, InstantSource clock) throws IOException {
        return new CertificateAuthority(directory, AuthoritySettings.of("cluster.local"), clock).status();
    }

    /// Asks the process that owns the authority to begin a rotation; it does so within seconds.
    ///
    /// Errors: `IOException` where it could not: a rotation runs, or the authority is an intermediate.
    public static void request(Path directory, InstantSource clock) throws IOException {
        Current now = new CertificateAuthority(directory, AuthoritySettings.of("cluster.local"), clock).current;
        if (now.phase() != RotationPhase.STEADY) {
            throw new IOException(directory + ": a rotation runs already");
        }
        refuseIntermediate(directory, now);
        AuthorityFiles.write(directory.resolve(AuthorityFiles.REQUEST), "");
    }

    /// Whether nobody has taken the request yet.
    public static boolean isRequested(Path directory) {
        return Files.exists(directory.resolve(AuthorityFiles.REQUEST));
    }

    /// Takes a request back.
    ///
    /// @return whether that came in time
    public static boolean withdraw(Path directory) throws IOException {
        return AuthorityFiles.takeRequest(directory);
    }

    /// Signs for the identity that the caller proved; the request may name that identity or none, and nothing else.
    ///
    /// @param csrPem as received
    /// @param lifetime the wanted one, zero or less for the default; cut to the maximum and the authority's end
    /// @param holder where the request came from, for the record and for telling replicas apart
    public SigningResult sign(String csrPem, SpiffeId authenticated, Duration lifetime, String holder) {
        return switch (RequestCheck.check(csrPem, authenticated)) {
            case RequestCheck.Accepted accepted -> {
                Current now = current;
                GeneralNames name =
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, authenticated.uri()));
                List<X509Certificate> chain = issue(now, accepted.key(), name, lifetime);
                try {
                    log.record(IssuanceLog.of(
                            clock.instant(), holder, chain.getFirst(), authenticated.uri(), now.signer()));
                } catch (IOException e) {
                    yield new SigningResult.Failed("the certificate cannot be recorded: " + e.getMessage());
                }
                yield new SigningResult.Signed(chain, bundle(now.signer()));
            }
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
        return issue(current, key, new GeneralNames(names.toArray(GeneralName[]::new)), lifetime);
    }

    /// Whom the mesh trusts.
    public List<X509Certificate> roots() {
        return current.signer().roots();
    }

    /// Who holds what of ours that has not ended.
    public List<IssuedCertificate> issued() {
        return log.held(clock.instant()).stream()
                .map(IssuanceLog.Held::latest)
                .map(one -> new IssuedCertificate(
                        one.id(), one.holder(), one.serial(), one.at(), one.notAfter(), one.signer()))
                .toList();
    }

    /// Lists of certificates that are taken back, in PEM; empty where there is none.
    public String revocations() {
        return current.revocations();
    }

    public String rootsPem() {
        return Pem.encode(roots());
    }

    public String trustDomain() {
        return settings.trustDomain();
    }

    /// When the signing certificate ends; nothing signed outlives it.
    public Instant expiry() {
        return current.signer().certificate().getNotAfter().toInstant();
    }

    /// Begins to replace the root. A rotation that runs goes on as it was.
    ///
    /// Errors: `IOException` where the authority is an intermediate, whose root is not ours to replace.
    public synchronized void rotate() throws IOException {
        Current now = current;
        if (now.phase() != RotationPhase.STEADY) {
            return;
        }
        refuseIntermediate(directory, now);
        RotationFiles.begin(directory, settings, clock);
        take(read());
    }

    /// Reads files that have changed, and takes a rotation one step further when all who hold certificates are ready.
    ///
    /// Errors: `IOException` as `open`; what was in force stays.
    ///
    /// @return whether another key signs or others are trusted than before
    public synchronized boolean refresh() throws IOException {
        Current before = current;
        if (AuthorityFiles.takeRequest(directory)) {
            rotate();
        } else if (before.phase() != RotationPhase.STEADY && waiting(before).isEmpty()) {
            if (before.phase() == RotationPhase.TRUST) {
                RotationFiles.sign(directory);
            } else {
                RotationFiles.drop(directory);
            }
            take(read());
        } else if (!AuthorityFiles.stamp(directory).equals(seen)) {
            take(read());
        }
        Current now = current;
        return !now.signer().certificate().equals(before.signer().certificate())
                || !now.signer().roots().equals(before.signer().roots())
                || !now.revocations().equals(before.revocations());
    }

    /// How far the replacement of the root is, and for whom it waits.
    public RotationStatus status() {
        Current now = current;
        return new RotationStatus(
                now.phase(),
                now.signer().certificate(),
                now.signer().roots(),
                log.held(clock.instant()).size(),
                waiting(now));
    }

    private static void refuseIntermediate(Path directory, Current now) throws IOException {
        if (!now.revocations().isEmpty()) {
            throw new IOException(directory.resolve(RevocationFile.NAME)
                    + ": nobody has a list of the new root, which would be refused (expected: no such file)");
        }
        if (!now.signer().intermediates().isEmpty()) {
            throw new IOException(
                    directory + ": the authority is an intermediate (expected: a root): put the new files of its own"
                            + " authority in place, they are read without a restart");
        }
    }

    /// Those who hold a certificate and are not ready for the next step, or have been for a moment only.
    private List<String> waiting(Current now) {
        Instant settled = clock.instant().minus(SETTLE);
        String bundle = Fingerprint.of(now.signer().roots());
        String signer = Fingerprint.of(List.of(now.signer().certificate()));
        return log.held(clock.instant()).stream()
                .filter(held -> switch (now.phase()) {
                    case STEADY -> false;
                    case TRUST -> !held.has(issued -> issued.bundle().equals(bundle), settled);
                    case SIGN -> !held.has(issued -> issued.signer().equals(signer), settled);
                })
                .map(held -> held.latest().id() + " at " + held.latest().holder())
                .toList();
    }

    private void take(Current next) throws IOException {
        seen = AuthorityFiles.stamp(directory);
        current = next;
    }

    private Current read() throws IOException {
        RotationPhase phase = RotationFiles.phase(directory);
        SigningKey signer = AuthorityFiles.read(
                RotationFiles.signer(directory, phase), AuthorityFiles.roots(directory), clock.instant());
        return new Current(phase, signer, new LeafIssuer(signer, random), RevocationFile.read(directory));
    }

    /// The root that the signer descends from comes first, for readers that take one only.
    private static List<X509Certificate> bundle(SigningKey signer) {
        List<X509Certificate> all = new ArrayList<>();
        all.add(signer.anchor());
        signer.roots().stream().filter(root -> !root.equals(signer.anchor())).forEach(all::add);
        return all;
    }

    private List<X509Certificate> issue(Current by, PublicKey key, GeneralNames names, Duration wanted) {
        Instant now = clock.instant();
        Duration lifetime = wanted.isPositive() ? wanted : settings.defaultLifetime();
        if (lifetime.compareTo(settings.maxLifetime()) > 0) {
            lifetime = settings.maxLifetime();
        }
        Instant end = now.plus(lifetime);
        Instant last = by.signer().certificate().getNotAfter().toInstant();
        X509Certificate leaf =
                by.issuer().issue(key, names, now.minus(settings.backdate()), end.isAfter(last) ? last : end);
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.addAll(by.signer().intermediates());
        chain.add(by.signer().anchor());
        return chain;
    }
}
