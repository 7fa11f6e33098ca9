package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Routes, clusters, endpoints, certificates and listeners change all the time under a load that never pauses, while
/// the workloads' own certificates live for 20 s. `LATEEN_CHURN_CHANGES` says how often, one change each 300 ms: 40
/// unless it is set. With our proxy no request fails; of Envoy the number is printed.
final class ChurnIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration EVERY = Duration.ofMillis(300);
    private static final int CHANGES = Integer.parseInt(System.getenv().getOrDefault("LATEEN_CHURN_CHANGES", "40"));
    private static final String GATEWAY = "gateway port %s is at https?://([0-9.]+):([0-9]+)/";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void losesNoRequestWhileEverythingChanges(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        CertificateAuthority authority = CertificateAuthority.open(
                directory.resolve("ca"), AuthoritySettings.of("clients.test"), InstantSource.system());
        OutsideCaller caller = OutsideCaller.of(authority, new SpiffeId("clients.test", "people", "caller"));
        ChurnedMesh churned = new ChurnedMesh(authority);
        try (RunningMesh mesh = RunningMesh.of(
                Map.of("SECRET_TTL", "20s"), directory, churned.after(0), "--proxy", proxy, "--capture", capture())) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(mesh.ask("front", "/fetch", "http://web/")).startsWith("200 ");
                assertThat(mesh.ask("front", "/fetch", "http://pool/")).startsWith("200 ");
                assertThat(caller.call(door(mesh, "443"))).startsWith("HTTP/1.1 200");
            });
            ChurnLoad load = new ChurnLoad(door(mesh, "80"), door(mesh, "443"), caller);
            try (load) {
                load.requests(200);
                long begin = System.nanoTime();
                for (int change = 1; change <= CHANGES; change++) {
                    mesh.replace(churned.after(change));
                    LockSupport.parkNanos(begin + change * EVERY.toNanos() - System.nanoTime());
                }
                await().atMost(SOON).until(() -> load.marks().contains(ChurnedMesh.mark(CHANGES)));
                load.requests(200);
            }
            System.out.printf(
                    "%s: %d changes, %d requests, %d failed; %d of %d routes and %d of 4 certificates were seen%n",
                    proxy,
                    CHANGES,
                    load.done(),
                    load.failures().size(),
                    load.marks().size(),
                    ChurnedMesh.made("route", CHANGES) + 1,
                    load.certificates().size());
            load.failures().stream().limit(20).forEach(System.out::println);
            assertThat(load.marks()).hasSizeGreaterThan(ChurnedMesh.made("route", CHANGES) / 2);
            assertThat(load.certificates()).hasSizeGreaterThan(1);
            if (proxy.equals("lateen")) {
                assertThat(load.failures()).isEmpty();
            }
        }
    }

    /// Where every service has a listener of its own, if this machine lets us.
    private static String capture() {
        return RunningMesh.runs("transparent", "lateen") ? "transparent" : "explicit";
    }

    private static InetSocketAddress door(RunningMesh mesh, String port) {
        MatchResult found = mesh.said(Pattern.compile(GATEWAY.formatted(port)));
        return new InetSocketAddress(found.group(1), Integer.parseInt(found.group(2)));
    }
}
