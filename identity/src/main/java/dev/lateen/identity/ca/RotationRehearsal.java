package dev.lateen.identity.ca;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// Tries a whole rotation on a copy of an authority, with a few workloads that check each other after every step.
///
/// Thread: any.
public final class RotationRehearsal {
    private static final int WORKLOADS = 3;

    private final CertificateAuthority authority;
    /// Its own, since steps wait.
    private final AtomicReference<Instant> time;
    private final String trustDomain;
    private final List<Holder> holders = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    private record Holder(List<X509Certificate> chain, List<X509Certificate> roots) {}

    private RotationRehearsal(CertificateAuthority authority, String trustDomain, AtomicReference<Instant> time) {
        this.authority = authority;
        this.trustDomain = trustDomain;
        this.time = time;
    }

    /// @param directory of the authority, which is only read
    /// @param scratch an empty directory that takes the copy; whoever made it deletes it
    /// @return what was done, in words
    ///
    /// Errors: `IOException` that says at which step two workloads would not have believed each other.
    public static List<String> run(Path directory, Path scratch, String trustDomain, InstantSource clock)
            throws IOException {
        for (String name :
                List.of(AuthorityFiles.CERTIFICATE, AuthorityFiles.KEY, AuthorityFiles.ROOTS, AuthorityFiles.CHAIN)) {
            if (Files.exists(directory.resolve(name))) {
                AuthorityFiles.write(scratch.resolve(name), Files.readString(directory.resolve(name)));
            }
        }
        AtomicReference<Instant> time = new AtomicReference<>(clock.instant());
        CertificateAuthority copy = CertificateAuthority.open(scratch, AuthoritySettings.of(trustDomain), time::get);
        return new RotationRehearsal(copy, trustDomain, time).run();
    }

    private List<String> run() throws IOException {
        for (int i = 0; i < WORKLOADS; i++) {
            holders.add(issue(i));
        }
        check("before");
        authority.rotate();
        renew("a new root is trusted beside the old one, which signs");
        authority.refresh();
        renew("the new root signs, both are trusted");
        authority.refresh();
        renew("the old root is gone");
        if (authority.status().phase() != RotationPhase.STEADY) {
            throw new IOException("the rotation did not end: it waits for "
                    + authority.status().waiting());
        }
        return List.copyOf(steps);
    }

    private void renew(String step) throws IOException {
        for (int i = 0; i < WORKLOADS; i++) {
            holders.set(i, issue(i));
            check(step);
        }
        steps.add(step);
        time.updateAndGet(now -> now.plus(CertificateAuthority.SETTLE));
    }

    private void check(String step) throws IOException {
        for (Holder shown : holders) {
            for (Holder by : holders) {
                try {
                    PKIXParameters trust = new PKIXParameters(by.roots().stream()
                            .map(root -> new TrustAnchor(root, null))
                            .collect(Collectors.toSet()));
                    trust.setRevocationEnabled(false);
                    trust.setDate(Date.from(time.get()));
                    CertPathValidator.getInstance("PKIX")
                            .validate(CertificateFactory.getInstance("X.509").generateCertPath(shown.chain()), trust);
                } catch (GeneralSecurityException e) {
                    throw new IOException("two workloads would not believe each other (" + step + "): " + e, e);
                }
            }
        }
    }

    private Holder issue(int number) throws IOException {
        SpiffeId id = new SpiffeId(trustDomain, "rehearsal", "workload-" + number);
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        String csr = CertificateRequest.create(keys, id).pem();
        return switch (authority.sign(csr, id, Duration.ZERO, "rehearsal-" + number)) {
            case SigningResult.Signed(var chain, var roots) -> new Holder(chain.subList(0, chain.size() - 1), roots);
            case SigningResult.Refused(var reason) -> throw new IOException(reason);
            case SigningResult.Failed(var reason) -> throw new IOException(reason);
        };
    }
}
