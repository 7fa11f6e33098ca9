package dev.lateen.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.tls.PeerRefusal.Kind;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerVerifierTest {
    private static final String ID = "spiffe://one.test/ns/a/sa/b";

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private Instant time = now;
    private X509Bundle authority;

    @BeforeEach
    void create() throws Exception {
        authority = Credentials.authority("one");
    }

    private PeerVerifier verifier(ValidationConfig config) {
        return new PeerVerifier(config, () -> time);
    }

    private PeerVerifier trusting() {
        return verifier(ValidationConfig.ofRoots(Credentials.root(authority)));
    }

    private static ThrowingCallable client(PeerVerifier verifier, X509Certificate... chain) {
        return () -> verifier.checkClientTrusted(chain, "any");
    }

    private static ThrowingCallable server(PeerVerifier verifier, X509Certificate... chain) {
        return () -> verifier.checkServerTrusted(chain, "any");
    }

    private static void refused(ThrowingCallable check, Kind kind, String... words) {
        assertThatThrownBy(check)
                .isInstanceOf(PeerRefusal.class)
                .satisfies(refusal -> assertThat(((PeerRefusal) refusal).kind()).isEqualTo(kind))
                .hasMessageContainingAll(words);
    }

    @Test
    void acceptsACertificateOfItsAuthority() throws Exception {
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(authority);

        assertThatCode(client(trusting(), Credentials.chain(peer))).doesNotThrowAnyException();
        assertThatCode(server(trusting(), Credentials.chain(peer))).doesNotThrowAnyException();
    }

    @Test
    void acceptsAChainInDisorderWithStrangersInIt() throws Exception {
        X509Bundle between = Credentials.workload(ID)
                .subject("CN=between")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(authority);
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(between);
        X509Certificate stranger = Credentials.authority("stranger").getCertificate();

        assertThatCode(client(
                        trusting(),
                        peer.getCertificate(),
                        stranger,
                        authority.getCertificate(),
                        between.getCertificate()))
                .doesNotThrowAnyException();
    }

    @Test
    void acceptsWhatATrustedIntermediateIssued() throws Exception {
        X509Bundle between = Credentials.workload(ID)
                .subject("CN=between")
                .setIsCertificateAuthority(true)
                .buildIssuedBy(authority);
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(between);
        PeerVerifier verifier = verifier(ValidationConfig.ofRoots(Credentials.root(between)));

        assertThatCode(client(verifier, peer.getCertificate())).doesNotThrowAnyException();
    }

    @Test
    void tellsTwoAuthoritiesOfOneNameApart() throws Exception {
        X509Bundle twin = Credentials.authority("one");
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(twin);
        PeerVerifier both =
                verifier(ValidationConfig.ofRoots(List.of(authority.getCertificate(), twin.getCertificate())));

        assertThatCode(client(both, Credentials.chain(peer))).doesNotThrowAnyException();
        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "signature failure");
    }

    @Test
    void refusesACertificateOfAnotherAuthority() throws Exception {
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(Credentials.authority("other"));

        refused(
                client(trusting(), peer.getCertificate()),
                Kind.CHAIN,
                "unable to get local issuer certificate",
                "CN=other");
    }

    @Test
    void refusesASelfSignedCertificate() throws Exception {
        X509Bundle peer =
                Credentials.workload(ID).setIsCertificateAuthority(true).buildSelfSigned();

        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "self signed certificate");
    }

    @Test
    void refusesAChainThatBringsItsOwnRoot() throws Exception {
        X509Bundle other = Credentials.authority("other");
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(other);

        refused(
                client(trusting(), peer.getCertificate(), other.getCertificate()),
                Kind.CHAIN,
                "self signed certificate in certificate chain");
    }

    @Test
    void refusesACertificateThatAWorkloadIssued() throws Exception {
        X509Bundle workload =
                Credentials.workload(ID).subject("CN=no authority").buildIssuedBy(authority);
        // Signed with the workload's key, in the workload's name.
        X509Bundle pretender = X509Bundle.fromRootCertificateAuthority(
                Credentials.authority("no authority").getCertificate(), workload.getKeyPair());
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(pretender);

        refused(
                client(trusting(), peer.getCertificate(), workload.getCertificate()),
                Kind.CHAIN,
                "invalid CA certificate");
    }

    @Test
    void refusesAnExpiredCertificateAndSaysSince() throws Exception {
        Instant end = now.minusSeconds(1);
        X509Bundle peer = Credentials.workload(ID)
                .notBefore(now.minusSeconds(10))
                .notAfter(end)
                .buildIssuedBy(authority);

        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "certificate has expired", end.toString());
    }

    @Test
    void refusesACertificateOfTheFuture() throws Exception {
        X509Bundle peer = Credentials.workload(ID)
                .notBefore(now.plusSeconds(60))
                .notAfter(now.plusSeconds(90))
                .buildIssuedBy(authority);

        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "certificate is not yet valid");
    }

    @Test
    void refusesAnAcceptedCertificateOnceItHasEnded() throws Exception {
        X509Bundle peer = Credentials.workload(ID)
                .notBefore(now.minusSeconds(10))
                .notAfter(now.plusSeconds(60))
                .buildIssuedBy(authority);
        PeerVerifier verifier = trusting();
        assertThatCode(client(verifier, peer.getCertificate())).doesNotThrowAnyException();

        time = now.plusSeconds(61);

        refused(client(verifier, peer.getCertificate()), Kind.CHAIN, "certificate has expired");
    }

    @Test
    void refusesEveryoneOnceTheAuthorityHasEnded() throws Exception {
        X509Bundle peer = Credentials.workload(ID)
                .notAfter(now.plus(Duration.ofDays(30_000)))
                .buildIssuedBy(authority);
        time = authority.getCertificate().getNotAfter().toInstant().plusSeconds(1);

        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "certificate has expired");
    }

    @Test
    void refusesAServersCertificateFromAClientAndTheOtherWayRound() throws Exception {
        X509Bundle forServer =
                Credentials.workload(ID).addExtendedKeyUsageServerAuth().buildIssuedBy(authority);
        X509Bundle forClient =
                Credentials.workload(ID).addExtendedKeyUsageClientAuth().buildIssuedBy(authority);
        PeerVerifier verifier = trusting();
        assertThatCode(server(verifier, forServer.getCertificate())).doesNotThrowAnyException();

        refused(client(verifier, forServer.getCertificate()), Kind.CHAIN, "unsupported certificate purpose");
        refused(server(verifier, forClient.getCertificate()), Kind.CHAIN, "unsupported certificate purpose");
    }

    @Test
    void refusesAClientWhoseKeyMayNotSign() throws Exception {
        X509Bundle peer = Credentials.workload(ID)
                .setKeyUsage(true, KeyUsage.keyAgreement)
                .buildIssuedBy(authority);

        refused(client(trusting(), peer.getCertificate()), Kind.CHAIN, "unsupported certificate purpose");
    }

    @Test
    void refusesAnotherName() throws Exception {
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(authority);
        PeerVerifier verifier = verifier(ValidationConfig.of(
                Credentials.root(authority),
                List.of(new SanMatcher(SanMatcher.Type.URI, StringMatcher.exact("spiffe://one.test/x", false)))));

        refused(server(verifier, peer.getCertificate()), Kind.NAME, "SAN matcher", ID);
    }

    @Test
    void refusesAKeyThatIsNotPinned() throws Exception {
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(authority);
        PeerVerifier verifier = verifier(new ValidationConfig(
                Credentials.root(authority),
                Map.of(),
                Revocations.NONE,
                List.of(),
                List.of("00".repeat(32)),
                List.of(),
                false));

        refused(server(verifier, peer.getCertificate()), Kind.PIN, "cert hash and spki");
    }

    @Test
    void refusesAChainWithoutAnEnd() throws Exception {
        X509Bundle peer = Credentials.workload(ID).buildIssuedBy(authority);
        X509Certificate[] chain = new X509Certificate[11];
        java.util.Arrays.fill(chain, peer.getCertificate());

        refused(client(trusting(), chain), Kind.CHAIN, "certificate chain too long");
    }

    private static CertificateBuilder workload(String uri) throws Exception {
        return Credentials.workload(uri).setKeyUsage(true, KeyUsage.digitalSignature);
    }

    @Test
    void believesEachTrustDomainsAuthorityForItsOwnNamesAlone() throws Exception {
        X509Bundle other = Credentials.authority("two");
        PeerVerifier verifier = verifier(new ValidationConfig(
                List.of(),
                Map.of(
                        "one.test", new TrustBundle(Credentials.root(authority), Revocations.NONE),
                        "two.test", new TrustBundle(Credentials.root(other), Revocations.NONE)),
                Revocations.NONE,
                List.of(),
                List.of(),
                List.of(),
                false));
        X509Bundle honest = workload("spiffe://two.test/any/form").buildIssuedBy(other);
        X509Bundle forged = workload(ID).buildIssuedBy(other);
        X509Bundle unknown = workload("spiffe://three.test/ns/a/sa/b").buildIssuedBy(other);
        X509Bundle twoNames = workload(ID).addSanUriName("spiffe://two.test/x").buildIssuedBy(authority);

        assertThatCode(client(verifier, honest.getCertificate())).doesNotThrowAnyException();
        refused(client(verifier, forged.getCertificate()), Kind.CHAIN, "unable to get local issuer certificate");
        refused(
                client(verifier, unknown.getCertificate()),
                Kind.CHAIN,
                "no trust bundle matching trust domain: three.test");
        refused(client(verifier, twoNames.getCertificate()), Kind.CHAIN, "no SPIFFE id, or more than one");
        refused(client(verifier, other.getCertificate()), Kind.CHAIN, "is an authority's, or");
    }
}
