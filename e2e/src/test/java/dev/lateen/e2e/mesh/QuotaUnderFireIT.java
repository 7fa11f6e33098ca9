package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.TokenIssuer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Quotas by a proved identity and by a token's claim, under a load that never pauses, while the control plane,
/// then all proxies, then all of them are killed. The applications count what reaches them, so no answer that got
/// lost hides anything.
final class QuotaUnderFireIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long QUOTA = 4000;
    /// A thousandth of the quota.
    private static final long LEASE = QUOTA / 1000;

    private static final int SENDERS = 8;
    private static final double RATE = 100;
    private static final List<String> APPLICATIONS = List.of("one", "two");
    private static final List<String> PATHS = List.of("/by-caller", "/by-subject");
    private static final String SERVICE = "control-plane";
    /// Ours, or the agent, whose Envoy ends with it.
    private static final Set<String> PROXIES = Set.of("dev.lateen.cli.ProxyMain", "agent");

    private static final Set<String> ALL =
            Stream.concat(Stream.of(SERVICE), PROXIES.stream()).collect(Collectors.toUnmodifiableSet());

    private static final List<Set<String>> KILLS = List.of(Set.of(SERVICE), PROXIES, ALL);

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void losesNoMoreThanLeasesWhenKilledUnderLoad(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        TokenIssuer issuer = TokenIssuer.create("first");
        String token = "Bearer "
                + issuer.token("\"iss\":\"https://auth.example.com\",\"sub\":\"ann\",\"exp\":"
                        + (System.currentTimeMillis() / 1000 + 3600));
        try (RunningMesh mesh =
                RunningMesh.of(directory, manifests(issuer), "--capture", "explicit", "--proxy", proxy)) {
            await().atMost(SOON)
                    .until(() -> APPLICATIONS.stream()
                            .allMatch(name -> mesh.ask(name, "/", "").startsWith(name)));
            Load load = new Load(mesh, token);
            try (load) {
                for (Set<String> victims : KILLS) {
                    load.awaitAdmitted(300);
                    assertThat(mesh.kill(victims)).isPositive();
                }
                load.awaitAdmitted(300);
                load.awaitRefusals();
            }
            mesh.explains(429, "/by-caller", "Quota default/callers", "requests: " + QUOTA);
            mesh.explains(429, "/by-subject", "Quota default/subjects", "requests: " + QUOTA);
            for (String path : PATHS) {
                judge(mesh, load, proxy, path);
            }
            assertThat(mesh.ask("one", "/fetch", "http://two/by-caller"))
                    .as("another caller")
                    .startsWith("200 two");
        }
    }

    private static void judge(RunningMesh mesh, Load load, String proxy, String path) {
        long served = 0;
        for (String name : APPLICATIONS) {
            served += Long.parseLong(mesh.ask(name, "/count", path));
        }
        long failed = load.failed(path);
        System.out.printf(
                "%s %s: %d requests served of a quota of %d (%+d), %d failed, lease %d%n",
                proxy, path, served, QUOTA, served - QUOTA, failed, LEASE);
        int killedServices = 2;
        assertThat(served).as(path).isLessThanOrEqualTo(QUOTA + killedServices * LEASE);
        // What else was counted died with its proxy as a lease, or came too late for a request that then failed.
        assertThat(served).as(path).isGreaterThanOrEqualTo(QUOTA - QUOTA / 20);
    }

    private static String manifests(TokenIssuer issuer) {
        StringBuilder all = new StringBuilder();
        APPLICATIONS.forEach(name -> all.append(RunningMesh.peer(name, "", "")));
        return all.append(RunningMesh.gateway(APPLICATIONS.toArray(String[]::new)))
                .append("""
                apiVersion: policy.lateen.dev/v1alpha1
                kind: Quota
                metadata: {name: callers, namespace: default}
                spec:
                  match: {paths: [/by-caller]}
                  consumer: [{identity: {}}]
                  requests: %1$d
                  period: YEAR
                  onServiceLoss: DENY
                ---
                apiVersion: policy.lateen.dev/v1alpha1
                kind: Quota
                metadata: {name: subjects, namespace: default}
                spec:
                  match: {paths: [/by-subject]}
                  consumer: [{jwtClaim: sub}]
                  requests: %1$d
                  period: YEAR
                  onServiceLoss: DENY
                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: users, namespace: default}
                spec:
                  jwtRules:
                  - issuer: "https://auth.example.com"
                    jwks: '%2$s'
                """.formatted(QUOTA, issuer.keys()))
                .toString();
    }

    /// Requests at a steady rate, to both applications and both quotas in turns, whatever happens to them.
    private static final class Load implements AutoCloseable {
        private final RunningMesh mesh;
        private final String token;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
        private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
        private final Map<String, AtomicLong> refusals = new ConcurrentHashMap<>();
        private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

        Load(RunningMesh mesh, String token) {
            this.mesh = mesh;
            this.token = token;
            PATHS.forEach(path -> refusals.put(path, new AtomicLong()));
            for (int sender = 0; sender < SENDERS; sender++) {
                int number = sender;
                senders.execute(() -> send(number));
            }
        }

        private void send(int number) {
            long interval = (long) (1e9 * SENDERS / RATE);
            long due = System.nanoTime() + number * interval / SENDERS;
            for (int turn = number; !stopped.get(); turn++) {
                LockSupport.parkNanos(due - System.nanoTime());
                due = Math.max(due + interval, System.nanoTime() - interval);
                one(APPLICATIONS.get(turn / 2 % 2), PATHS.get(turn % 2));
            }
        }

        private void one(String application, String path) {
            int status;
            try {
                status = mesh.answer(application, path, "", "authorization", token)
                        .statusCode();
            } catch (IOException _) {
                status = 0;
            }
            statuses.computeIfAbsent(status, _ -> new LongAdder()).increment();
            if (status != 200 && status != 429) {
                failures.computeIfAbsent(path, _ -> new LongAdder()).increment();
            }
            Optional.ofNullable(refusals.get(path))
                    .orElseThrow()
                    .updateAndGet(status == 429 ? before -> before + 1 : _ -> 0);
        }

        /// Requests that were neither served nor refused by their limit.
        long failed(String path) {
            LongAdder failed = failures.get(path);
            return failed == null ? 0 : failed.sum();
        }

        private long admitted() {
            LongAdder admitted = statuses.get(200);
            return admitted == null ? 0 : admitted.sum();
        }

        void awaitAdmitted(long more) {
            long before = admitted();
            await().atMost(SOON).until(() -> admitted() >= before + more);
        }

        /// Both quotas are used up, for all proxies.
        void awaitRefusals() {
            await().atMost(Duration.ofMinutes(5))
                    .until(() -> refusals.values().stream().allMatch(inARow -> inARow.get() > 50));
        }

        @Override
        public void close() {
            stopped.set(true);
            senders.close();
            System.out.println("statuses (0: the connection ended): " + statuses);
        }
    }
}
