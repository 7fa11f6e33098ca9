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
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "user");
    private static final SpiffeId OTHER = new SpiffeId("cluster.local", "shop", "root");

    @TempDir
    private Path directory;

    private CertificateAuthority authority;

    @BeforeEach
    void open() throws IOException {
        authority = reopen();
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkloadKeys.class,
            names = {"EC_P256", "EC_P384", "RSA_2048"})
    void signsARequestOfEveryKeyKind(WorkloadKeys kind) throws Exception {
        KeyPair keys = kind.generate();

        List<X509Certificate> chain = signed(CertificateRequest.create(keys, ID).pem(), Duration.ZERO);

        X509Certificate leaf = chain.getFirst();
        leaf.verify(chain.getLast().getPublicKey());
        assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(SpiffeId.of(leaf)).contains(ID);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void begins2MinutesAgoAndLastsADayByDefault() {
        X509Certificate leaf = signed(request(ID), Duration.ZERO).getFirst();

        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minusSeconds(120));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(24)));
    }

    @Test
    void cutsAnOverlongLifetime() {
        X509Certificate leaf = signed(request(ID), Duration.ofDays(4000)).getFirst();

        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(90)));
    }

    @Test
    void refusesANameThatTheCallerDidNotProve() {
        assertThat(authority.sign(request(OTHER), ID, Duration.ZERO, "10.0.0.1"))
                .isInstanceOfSatisfying(
                        SigningResult.Refused.class,
                        refused -> assertThat(refused.reason())
                                .contains(OTHER.uri())
                                .contains(ID.uri()));
    }

    @Test
    void refusesASignatureOfAnotherKey() {
        KeyPair shown = WorkloadKeys.EC_P256.generate();
        KeyPair held = WorkloadKeys.EC_P256.generate();
        String forged = CertificateRequest.create(new KeyPair(shown.getPublic(), held.getPrivate()), ID)
                .pem();

        assertThat(authority.sign(forged, ID, Duration.ZERO, "10.0.0.1")).isInstanceOf(SigningResult.Refused.class);
    }

    @Test
    void refusesAWeakKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        String weak = CertificateRequest.create(generator.generateKeyPair(), ID).pem();

        assertThat(authority.sign(weak, ID, Duration.ZERO, "10.0.0.1"))
                .isEqualTo(new SigningResult.Refused("CSR: RSA key of 1024 bits (expected: 2048 to 8192)"));
    }

    @Test
    void refusesGarbage() {
        assertThat(authority.sign("hello", ID, Duration.ZERO, "10.0.0.1")).isInstanceOf(SigningResult.Refused.class);
        assertThat(authority.sign(
                        Pem.encode(Pem.CERTIFICATE_REQUEST, new byte[] {0x30, 1}), ID, Duration.ZERO, "10.0.0.1"))
                .isInstanceOf(SigningResult.Refused.class);
    }

    @Test
    void keepsItsRootAcrossRestarts() throws IOException {
        assertThat(reopen().roots()).isEqualTo(authority.roots());
    }

    @Test
    void keepsItsFilesToTheOwner() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca-key.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void namesTheFileOfAKeyThatItCannotRead() throws IOException {
        Files.writeString(
                directory.resolve("ca-key.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(this::reopen).isInstanceOf(IOException.class).hasMessageContaining("ca-key.pem");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws IOException {
        Files.writeString(
                directory.resolve("ca-key.pem"),
                Pem.encode(WorkloadKeys.EC_P256.generate().getPrivate()));

        assertThatThrownBy(this::reopen).hasMessageContaining("does not belong to");
    }

    @Test
    void answersInTheFormThatAWorkloadReads() {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        List<X509Certificate> chain = signed(CertificateRequest.create(keys, ID).pem(), Duration.ZERO);

        WorkloadCertificate certificate =
                WorkloadCertificate.of(chain.stream().map(Pem::encode).toList(), keys);

        assertThat(certificate.id()).isEqualTo(ID);
        assertThat(certificate.roots()).isEqualTo(authority.roots());
        assertThat(certificate.toString()).contains("key redacted");
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkloadKeys.class,
            names = {"EC_P256", "EC_P384", "RSA_2048"})
    void makesARootOfTheChosenKind(WorkloadKeys kind) throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        CertificateAuthority chosen = CertificateAuthority.open(
                other, AuthoritySettings.of("cluster.local").withRootKey(kind), InstantSource.fixed(NOW));

        X509Certificate root = chosen.roots().getFirst();

        root.verify(root.getPublicKey());
        assertThat(root.getPublicKey().getAlgorithm()).isEqualTo(kind == WorkloadKeys.RSA_2048 ? "RSA" : "EC");
        assertThat(root.getSigAlgName())
                .isEqualTo(kind == WorkloadKeys.EC_P384 ? "SHA384withECDSA" : root.getSigAlgName());
    }

    @Test
    void refusesASignerThatNoRootSigned() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        CertificateAuthority.open(other, AuthoritySettings.of("cluster.local"), InstantSource.fixed(NOW));
        for (String name : List.of("ca-cert.pem", "ca-key.pem")) {
            Files.writeString(directory.resolve(name), Files.readString(other.resolve(name)));
        }

        assertThatThrownBy(this::reopen)
                .hasMessageContaining("ca-cert.pem")
                .hasMessageContaining("expected: a chain up to a root");
    }

    @Test
    void refusesASignerThatHasEnded() {
        assertThatThrownBy(() -> CertificateAuthority.open(
                        directory,
                        AuthoritySettings.of("cluster.local"),
                        InstantSource.fixed(NOW.plus(Duration.ofDays(4000)))))
                .hasMessageContaining("ca-cert.pem: ended at");
    }

    @Test
    void refusesAWorkloadsCertificateAsAuthority() throws IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        X509Certificate leaf =
                signed(CertificateRequest.create(keys, ID).pem(), Duration.ZERO).getFirst();
        Files.writeString(directory.resolve("ca-cert.pem"), Pem.encode(leaf));
        Files.writeString(directory.resolve("ca-key.pem"), Pem.encode(keys.getPrivate()));

        assertThatThrownBy(this::reopen).hasMessageContaining("expected: CA:TRUE");
    }

    private CertificateAuthority reopen() throws IOException {
        return CertificateAuthority.open(directory, AuthoritySettings.of("cluster.local"), InstantSource.fixed(NOW));
    }

    private String request(SpiffeId id) {
        return CertificateRequest.create(WorkloadKeys.EC_P256.generate(), id).pem();
    }

    private List<X509Certificate> signed(String csr, Duration lifetime) {
        return switch (authority.sign(csr, ID, lifetime, "10.0.0.1")) {
            case SigningResult.Signed(var chain, var _) -> chain;
            case SigningResult.Refused(var reason) -> throw new AssertionError(reason);
            case SigningResult.Failed(var reason) -> throw new AssertionError(reason);
        };
    }
}
