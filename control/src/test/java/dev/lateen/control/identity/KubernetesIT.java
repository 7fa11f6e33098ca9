package dev.lateen.control.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Kubernetes does for identities, over HTTPS.
class KubernetesIT {
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "cart");
    private static final String STATUS = """
            {"authenticated": %s, "audiences": ["%s"], "user": {"username": "%s",
             "extra": {"authentication.kubernetes.io/pod-name": ["cart-1"]}}}""";

    @TempDir
    private Path directory;

    private FakeApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeApiServer(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TokenVerdict review(String status) {
        server.reviews.put("t", status);
        return new TokenReviews(server.client(), List.of("istio-ca"), "cluster.local").authenticate("t");
    }

    private static void unknown(TokenVerdict verdict, String words) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        TokenVerdict.Unknown.class,
                        unknown -> assertThat(unknown.reason()).contains(words));
    }

    @Test
    void knowsAServiceAccountAndItsPod() {
        assertThat(review(STATUS.formatted(true, "istio-ca", "system:serviceaccount:shop:cart")))
                .isEqualTo(new TokenVerdict.Known(ID, "cart-1"));
    }

    @Test
    void doesNotBelieveWhatKubernetesDoesNot() {
        unknown(review(STATUS.formatted(false, "istio-ca", "system:serviceaccount:shop:cart")), "does not accept");
        unknown(review(STATUS.formatted(true, "elsewhere", "system:serviceaccount:shop:cart")), "another audience");
        unknown(
                review("{\"authenticated\": true, \"user\": {\"username\": \"system:serviceaccount:shop:cart\"}}"),
                "another audience");
        unknown(review(STATUS.formatted(true, "istio-ca", "system:admin")), "no service account");
    }

    @Test
    void believesNobodyWhileKubernetesCannotBeAsked() throws IOException {
        Files.writeString(directory.resolve("api-token"), "stale");

        unknown(review(STATUS.formatted(true, "istio-ca", "system:serviceaccount:shop:cart")), "cannot be asked");
    }

    @Test
    void asksOnlyTheServerThatItsAuthorityVouchesFor() throws IOException {
        Files.writeString(directory.resolve("api-ca.pem"), server.signer.rootsPem());

        unknown(review(STATUS.formatted(true, "istio-ca", "system:serviceaccount:shop:cart")), "cannot be asked");
    }

    @Test
    void speaksHttpsAlone() {
        assertThatThrownBy(() -> new ApiServer(URI.create("http://127.0.0.1"), directory, directory))
                .hasMessageContaining("expected: https");
    }

    @Test
    void hasARequestSignedAndRemovesIt() throws IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();

        List<String> chain = requests().sign(FakeApiServer.csr(keys, ID), ID, Duration.ofHours(1));

        assertThat(SpiffeId.of(Pem.certificates(chain.getFirst()).getFirst())).contains(ID);
        assertThat(Pem.certificates(chain.getLast())).isEqualTo(server.signer.roots());
        String at = " /apis/certificates.k8s.io/v1/certificatesigningrequests";
        assertThat(server.asked)
                .containsExactly(
                        "POST" + at, "PUT" + at + "/NAME/approval", "GET" + at + "/NAME", "DELETE" + at + "/NAME");
        assertThat(server.open()).isZero();
    }

    @Test
    void tellsWhyASignerRefused() {
        server.refusal = "not on my watch";

        assertThatThrownBy(() -> requests()
                        .sign(FakeApiServer.csr(WorkloadKeys.EC_P256.generate(), ID), ID, Duration.ofHours(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Failed: not on my watch");
        assertThat(server.open()).isZero();
    }

    private KubernetesRequests requests() {
        return new KubernetesRequests(
                server.client(), FakeApiServer.SIGNER, server.signerRoots(), InstantSource.system());
    }
}
