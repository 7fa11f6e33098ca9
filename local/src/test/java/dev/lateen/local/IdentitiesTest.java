package dev.lateen.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.local.manifest.Manifests;
import dev.lateen.local.manifest.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentitiesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private Instant now = START;
    private final InstantSource clock = () -> now;
    private Path state;
    private Path pods;
    private Identities identities;

    @BeforeEach
    void start() throws IOException {
        state = Files.createDirectory(directory.resolve("state"));
        pods = Files.createDirectory(directory.resolve("pods"));
        CertificateAuthority.open(
                ControlPlaneSettings.authority(state), AuthoritySettings.of("cluster.local"), InstantSource.system());
        identities = new Identities(state, "cluster.local", clock);
        identities.provide(pods.resolve("cart-1"), workload());
    }

    private WorkloadSpec workload() throws IOException {
        Path file = Files.writeString(directory.resolve("cart.yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: cart, namespace: shop}
                spec:
                  selector: {matchLabels: {app: cart}}
                  template:
                    metadata: {labels: {app: cart}, annotations: {local.lateen.dev/command: "true"}}
                    spec: {serviceAccountName: cart, containers: [{name: app, image: none}]}
                """);
        return new Manifests(List.of(file)).load().workloads().getFirst();
    }

    private Path file() {
        return pods.resolve("cart-1").resolve("var/run/secrets/tokens/istio-token");
    }

    private TokenVerdict verdict(String token) throws IOException {
        return JoinTokens.open(ControlPlaneSettings.joinKey(state), "cluster.local", clock)
                .authenticate(token);
    }

    @Test
    void givesTokensForADay() throws IOException {
        String token = Files.readString(file());
        now = START.plus(Duration.ofHours(23));
        assertThat(verdict(token)).isInstanceOf(TokenVerdict.Known.class);
        now = START.plus(Duration.ofHours(25));
        assertThat(verdict(token)).isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void replacesTokensWhenHalfOfTheirDayIsOver() throws IOException {
        String first = Files.readString(file());
        now = START.plus(Duration.ofHours(11));
        identities.refresh(pods);
        assertThat(Files.readString(file())).isEqualTo(first);

        now = START.plus(Duration.ofHours(12));
        identities.refresh(pods);

        now = START.plus(Duration.ofHours(35));
        assertThat(verdict(Files.readString(file()))).isInstanceOf(TokenVerdict.Known.class);
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
}
