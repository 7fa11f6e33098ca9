package dev.lateen.identity.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.identity.CertificateRequest;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrationAuthorityTest {
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "user");
    private static final SpiffeId OTHER = new SpiffeId("cluster.local", "shop", "root");

    @TempDir
    private Path directory;

    private final KeyPair keys = WorkloadKeys.EC_P256.generate();
    private CertificateAuthority external;
    private Duration asked = Duration.ZERO;

    @BeforeEach
    void open() throws IOException {
        external = CertificateAuthority.open(
                directory.resolve("elsewhere"), AuthoritySettings.of("cluster.local"), InstantSource.system());
    }

    private RegistrationAuthority with(RegistrationAuthority.Authority authority) throws IOException {
        return RegistrationAuthority.open(
                directory.resolve("record"), authority, InstantSource.system(), Duration.ofHours(24));
    }

    /// What an honest authority answers.
    private List<String> answer(String csr, SpiffeId id, Duration lifetime) {
        asked = lifetime;
        return switch (external.sign(csr, id, lifetime, "here")) {
            case SigningResult.Signed(var chain, var roots) -> {
                List<String> texts = new ArrayList<>(chain.subList(0, chain.size() - 1).stream()
                        .map(Pem::encode)
                        .toList());
                texts.add(Pem.encode(roots));
                yield texts;
            }
            case SigningResult.Refused(var reason) -> throw new IllegalStateException(reason);
            case SigningResult.Failed(var reason) -> throw new IllegalStateException(reason);
        };
    }

    private String csr() {
        return CertificateRequest.create(keys, ID).pem();
    }

    private SigningResult sign(RegistrationAuthority authority) {
        return authority.sign(csr(), ID, Duration.ofHours(1), "10.0.0.1");
    }

    @Test
    void givesOutWhatTheAuthoritySignedAndRecordsIt() throws IOException {
        SigningResult result = sign(with(this::answer));

        assertThat(result).isInstanceOfSatisfying(SigningResult.Signed.class, signed -> {
            X509Certificate leaf = signed.chain().getFirst();
            assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
            assertThat(signed.roots()).isEqualTo(external.roots());
            assertThat(signed.chain().getLast()).isEqualTo(external.roots().getFirst());
        });
        assertThat(Files.readString(directory.resolve("record").resolve("issued.jsonl")))
                .contains(ID.uri(), "10.0.0.1");
    }

    @Test
    void cutsLongLifetimes() throws IOException {
        with(this::answer).sign(csr(), ID, Duration.ofDays(300), "10.0.0.1");

        assertThat(asked).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void remembersTheRootsAfterARestart() throws IOException {
        sign(with(this::answer));

        assertThat(with(this::answer).roots()).isEqualTo(external.roots());
    }

    @Test
    void doesNotForwardARequestForAnotherName() throws IOException {
        SigningResult result = with((csr, id, lifetime) -> {
                    throw new AssertionError("was forwarded");
                })
                .sign(CertificateRequest.create(keys, OTHER).pem(), ID, Duration.ZERO, "10.0.0.1");

        assertThat(result)
                .isInstanceOfSatisfying(
                        SigningResult.Refused.class,
                        refused -> assertThat(refused.reason()).contains(OTHER.uri()));
    }

    @Test
    void refusesAnAnswerForAnotherIdentity() throws IOException {
        RegistrationAuthority authority = with((_, _, lifetime) ->
                answer(CertificateRequest.create(keys, OTHER).pem(), OTHER, lifetime));

        failed(authority, "a certificate for [" + OTHER.uri() + "]");
    }

    @Test
    void refusesAnAnswerForAnotherKey() throws IOException {
        KeyPair others = WorkloadKeys.EC_P256.generate();
        RegistrationAuthority authority = with((_, id, lifetime) ->
                answer(CertificateRequest.create(others, ID).pem(), id, lifetime));

        failed(authority, "a certificate for another key");
    }

    @Test
    void refusesAnAnswerThatDoesNotLeadToItsRoots() throws IOException {
        CertificateAuthority third = CertificateAuthority.open(
                directory.resolve("third"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        RegistrationAuthority authority = with((csr, id, lifetime) -> {
            List<String> texts = new ArrayList<>(answer(csr, id, lifetime));
            texts.set(texts.size() - 1, third.rootsPem());
            return texts;
        });

        failed(authority, "does not lead to its roots");
        assertThat(authority.roots()).isEmpty();
    }

    @Test
    void tellsTheAuthoritysReason() throws IOException {
        failed(
                with((_, _, _) -> {
                    throw new IOException("closed on Sundays");
                }),
                "closed on Sundays");
    }

    private void failed(RegistrationAuthority authority, String words) {
        assertThat(sign(authority))
                .isInstanceOfSatisfying(
                        SigningResult.Failed.class,
                        refused -> assertThat(refused.reason()).contains(words));
    }
}
