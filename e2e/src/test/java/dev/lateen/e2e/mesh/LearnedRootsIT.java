package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RotationPhase;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.IdentityConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.control.IdentityDuty;
import dev.lateen.proxy.control.KnownRoots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The root is replaced, and nobody touches a workload's root file.
class LearnedRootsIT {
    private static final Duration ROTATION = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private final BlockingQueue<WorkloadCertificate> published = new LinkedBlockingQueue<>();
    private final EventLoops loops = EventLoops.create("chores", 1);
    private Path state;
    private Path rootFile;
    private ControlPlane control;

    @BeforeEach
    void start() throws Exception {
        state = directory.resolve("state");
        control = ControlPlane.start(
                ControlPlaneSettings.of(List.of(Files.createDirectory(directory.resolve("config"))), state)
                        .withPorts(ControlPlaneSettings.Ports.FREE));
        rootFile = Files.writeString(
                directory.resolve("root.pem"), control.authority().rootsPem());
        Files.writeString(directory.resolve("token"), control.tokens().issue("shop", "cart", Duration.ofHours(1)));
    }

    @AfterEach
    void stop() {
        loops.close();
        control.close();
    }

    @Test
    void renewsByTheRootsThatCameWithTheCertificate() throws Exception {
        X509Certificate old = control.authority().roots().getFirst();
        startWorkload();
        assertThat(published.take().roots()).containsExactly(old);

        CertificateAuthority.request(ControlPlaneSettings.authority(state), InstantSource.system());
        await().atMost(ROTATION)
                .until(() -> control.authority().status().phase() == RotationPhase.STEADY
                        && !control.authority().roots().contains(old));
        published.clear();

        assertThat(published.take().roots()).isEqualTo(control.authority().roots());
        assertThat(Pem.certificates(Files.readString(rootFile))).containsExactly(old);

        // A start after that has nothing but the two files.
        Files.writeString(directory.resolve("token"), control.tokens().issue("shop", "late", Duration.ofHours(1)));
        startWorkload("late");
        await().atMost(ROTATION)
                .until(() -> published.take().id().serviceAccount().equals("late"));
    }

    private void startWorkload() {
        startWorkload("cart");
    }

    private void startWorkload(String account) {
        IdentityConfig config = new IdentityConfig(
                new ServerAddress(
                        "127.0.0.1",
                        control.securePort(),
                        Optional.of(rootFile),
                        "127.0.0.1",
                        Optional.of(directory.resolve("token"))),
                "cluster.local",
                "shop",
                account,
                account,
                WorkloadKeys.EC_P256,
                Duration.ofSeconds(40),
                0.5,
                new IdentityConfig.Files(directory.resolve("learned.pem"), directory.resolve("no-lists.pem")));
        new IdentityDuty(
                        config,
                        loops,
                        KnownRoots.of(config),
                        (certificate, _) -> published.add(certificate),
                        Clock.systemUTC(),
                        new SplittableRandom())
                .start();
    }
}
