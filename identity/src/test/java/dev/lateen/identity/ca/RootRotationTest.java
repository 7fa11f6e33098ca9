package dev.lateen.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
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
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A root is replaced under twenty workloads, any two of which must be able to speak at every moment.
class RootRotationTest {
    private static final int WORKLOADS = 20;
    private static final Duration LIFETIME = Duration.ofHours(24);

    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-05-01T12:00:00Z");
    private final List<WorkloadCertificate> workloads = new ArrayList<>();
    private CertificateAuthority authority;
    private X509Certificate first;

    @BeforeEach
    void mesh() throws IOException {
        authority = open();
        first = authority.roots().getFirst();
        for (int i = 0; i < WORKLOADS; i++) {
            workloads.add(issue(i));
        }
    }

    @Test
    void replacesTheRootWithoutAMomentAtWhichTwoWorkloadsDoNotTrustEachOther() throws Exception {
        authority.rotate();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.TRUST);
        renewAll();
        assertThat(authority.refresh()).isTrue();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.SIGN);
        renewAll();
        assertThat(authority.refresh()).isTrue();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.STEADY);
        renewAll();

        assertThat(authority.roots()).hasSize(1).doesNotContain(first);
        assertThat(workloads).allSatisfy(one -> assertThat(one.roots()).isEqualTo(authority.roots()));
    }

    @Test
    void signsWithTheNewRootOnlyWhenTheLastWorkloadTrustsIt() throws Exception {
        authority.rotate();
        for (int i = 1; i < WORKLOADS; i++) {
            workloads.set(i, issue(i));
        }
        now = now.plus(CertificateAuthority.SETTLE);

        assertThat(authority.refresh()).isFalse();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.TRUST);
        assertThat(authority.status().waiting()).containsExactly(id(0).uri() + " at 10.0.0.0");

        workloads.set(0, issue(0));
        now = now.plus(CertificateAuthority.SETTLE);
        authority.refresh();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.SIGN);
    }

    @Test
    void waitsUntilTheLastAnswerHasSettled() throws Exception {
        authority.rotate();
        renewAll();
        workloads.set(0, issue(0));

        authority.refresh();

        assertThat(authority.status().phase()).isEqualTo(RotationPhase.TRUST);
        assertThat(authority.status().waiting()).containsExactly(id(0).uri() + " at 10.0.0.0");
    }

    @Test
    void doesNotWaitForWorkloadsThatKeepRenewing() throws Exception {
        authority.rotate();
        renewAll();
        now = now.plus(Duration.ofMinutes(2));
        workloads.set(0, issue(0));

        authority.refresh();

        assertThat(authority.status().phase()).isEqualTo(RotationPhase.SIGN);
    }

    @Test
    void changesTheFileOfRootsWithEachStep() throws Exception {
        Path roots = directory.resolve("root-cert.pem");
        String one = Files.readString(roots);
        authority.rotate();
        String two = Files.readString(roots);
        renewAll();
        authority.refresh();
        String three = Files.readString(roots);

        assertThat(List.of(two, three)).doesNotContain(one).doesNotHaveDuplicates();
        assertThat(three).endsWith(one);
    }

    @Test
    void refusesARequestWhileARotationRuns() throws Exception {
        authority.rotate();

        assertThatThrownBy(() -> CertificateAuthority.request(directory, () -> now))
                .hasMessageContaining("runs already");
    }

    @Test
    void doesNotWaitForAWorkloadWhoseCertificateHasEnded() throws Exception {
        authority.rotate();
        now = now.plus(LIFETIME).plusSeconds(1);

        authority.refresh();

        assertThat(authority.status().phase()).isEqualTo(RotationPhase.SIGN);
    }

    @Test
    void goesOnAfterARestartInEachPhase() throws Exception {
        authority.rotate();
        authority = open();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.TRUST);
        assertThat(authority.status().waiting()).hasSize(WORKLOADS);
        renewAll();
        authority.refresh();
        authority = open();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.SIGN);
        assertThat(authority.status().waiting()).hasSize(WORKLOADS);
        renewAll();
        authority.refresh();
        authority = open();
        assertThat(authority.status().phase()).isEqualTo(RotationPhase.STEADY);
        assertThat(authority.roots()).hasSize(1).doesNotContain(first);
    }

    @Test
    void finishesAnInterruptedEnd() throws Exception {
        authority.rotate();
        X509Certificate second = authority.roots().getLast();
        Files.writeString(directory.resolve("rotation"), "drop");

        authority = open();

        assertThat(authority.status().phase()).isEqualTo(RotationPhase.STEADY);
        assertThat(authority.roots()).containsExactly(second);
        assertThat(authority.status().signer()).isEqualTo(second);
    }

    @Test
    void aRequestInTheDirectoryBeginsARotation() throws Exception {
        Files.writeString(directory.resolve("rotate-request"), "");

        assertThat(authority.refresh()).isTrue();

        assertThat(authority.status().phase()).isEqualTo(RotationPhase.TRUST);
        assertThat(authority.roots()).hasSize(2).startsWith(first);
    }

    @Test
    void takesFilesThatWereReplacedOnDisk() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        CertificateAuthority plugged =
                CertificateAuthority.open(other, settings().withRootKey(WorkloadKeys.EC_P384), () -> now);
        for (String name : List.of("root-cert.pem", "ca-cert.pem", "ca-key.pem")) {
            Files.writeString(directory.resolve(name), Files.readString(other.resolve(name)));
        }

        assertThat(authority.refresh()).isTrue();

        assertThat(authority.roots()).isEqualTo(plugged.roots());
        assertThat(issue(3).roots()).isEqualTo(plugged.roots());
    }

    @Test
    void keepsWhatItHasWhenTheFilesAreHalfReplaced() throws Exception {
        Files.writeString(
                directory.resolve("ca-key.pem"),
                Pem.encode(WorkloadKeys.EC_P256.generate().getPrivate()));

        assertThatThrownBy(authority::refresh).hasMessageContaining("does not belong to");

        assertThat(issue(1).roots()).containsExactly(first);
    }

    @Test
    void recordsEveryIssuance() throws IOException {
        assertThat(Files.readAllLines(directory.resolve("issued.jsonl")))
                .hasSize(WORKLOADS)
                .allMatch(
                        line -> line.contains("\"serial\":\"") && line.contains("spiffe://cluster.local/ns/shop/sa/w"));
    }

    /// One after another; after each step any two workloads, old and new, must believe each other.
    private void renewAll() throws GeneralSecurityException {
        for (int i = 0; i < WORKLOADS; i++) {
            workloads.set(i, issue(i));
            for (WorkloadCertificate other : workloads) {
                verify(workloads.get(i), other);
                verify(other, workloads.get(i));
            }
        }
        now = now.plus(CertificateAuthority.SETTLE);
    }

    private void verify(WorkloadCertificate shown, WorkloadCertificate by) throws GeneralSecurityException {
        PKIXParameters trust = new PKIXParameters(
                by.roots().stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet()));
        trust.setRevocationEnabled(false);
        trust.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(shown.chain()), trust);
    }

    private WorkloadCertificate issue(int number) {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        String csr = CertificateRequest.create(keys, id(number)).pem();
        return switch (authority.sign(csr, id(number), LIFETIME, "10.0.0." + number)) {
            case SigningResult.Signed(var chain, var roots) -> {
                List<String> answer = new ArrayList<>();
                chain.subList(0, chain.size() - 1).forEach(link -> answer.add(Pem.encode(link)));
                answer.add(Pem.encode(roots));
                yield WorkloadCertificate.of(answer, keys);
            }
            case SigningResult.Refused(var reason) -> throw new AssertionError(reason);
            case SigningResult.Failed(var reason) -> throw new AssertionError(reason);
        };
    }

    private static SpiffeId id(int number) {
        return new SpiffeId("cluster.local", "shop", "w" + number);
    }

    private CertificateAuthority open() throws IOException {
        return CertificateAuthority.open(directory, settings(), () -> now);
    }

    private static AuthoritySettings settings() {
        return AuthoritySettings.of("cluster.local");
    }
}
