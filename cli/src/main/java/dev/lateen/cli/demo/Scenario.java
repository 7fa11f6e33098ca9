package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import dev.lateen.cli.demo.Client.Answer;
import dev.lateen.local.Mesh;
import dev.lateen.local.Mesh.PodView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/// The checks of the demo, on real traffic: client → ingress gateway → order-service → user-service, each through its
/// proxy. They run in order, each from the configuration that it saves itself.
///
/// Thread: one at a time.
final class Scenario {
    private static final Duration IN_FORCE = Duration.ofSeconds(20);
    /// A control plane has to start and its proxies have to find it again, on a machine that is busy with the load.
    private static final Duration RESTART = Duration.ofSeconds(60);
    private static final int LOG_END_BYTES = 1 << 20;
    private static final int WORKERS = 8;
    private static final int PER_SECOND = 200;

    private final Mesh mesh;
    private final Shop shop;
    private final Path logs;
    private final Client client = Client.from(Optional.empty());
    private final Pods pods;

    Scenario(Mesh mesh, Shop shop, Path logs) {
        this.mesh = mesh;
        this.shop = shop;
        this.logs = logs;
        this.pods = new Pods(mesh);
    }

    List<Check> checks() {
        return List.of(
                new Check("gateway routes api.example.com over HTTP", this::gatewayHttp),
                new Check("gateway serves HTTPS with credentialName", this::gatewayHttps),
                new Check("header version: v2 goes to v2", this::headerRouting),
                new Check("90/10 split within 3 points", () -> split(90, 10)),
                new Check("95/5 split within 3 points", () -> split(95, 5)),
                new Check("header x-canary: true goes to v2", this::canaryHeader),
                new Check("live edit of weights loses no request", this::liveEdit),
                new Check("timeout answers 504 at 5 s", this::timeout),
                new Check("two failures, then success: three tries, 200", this::retries),
                new Check("circuit breaker overflows with UO, the rest succeeds", this::circuitBreaker),
                new Check("failing replica leaves the rotation and returns", this::outlier),
                new Check("STRICT refuses plaintext", this::strict),
                new Check("PERMISSIVE takes plaintext and mutual TLS", this::permissive),
                new Check("peer's SPIFFE id and TLS are in the access log", this::identityInLog),
                new Check("authorization admits order-service to /api/users/* alone", this::authorization),
                new Check("control plane dies under load: no request lost", this::controlPlaneDies),
                new Check("certificates rotate under load: no request lost", this::rotation));
    }

    private Result gatewayHttp() {
        shop.split("version", "v2", 90, 10);
        boolean served = eventually(() -> orders(Map.of()).ok());
        Answer stranger = client.get(gateway() + "/api/orders", Map.of("Host", "elsewhere.example.com"));
        return Result.of(
                served && stranger.status() == 404,
                "api.example.com: " + orders(Map.of()).status() + ", elsewhere.example.com: " + stranger.status());
    }

    private Result gatewayHttps() {
        String address = mesh.gatewayAddress(443).orElse("");
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return Result.of(false, "no gateway on port 443");
        }
        TlsProbe probe = new TlsProbe(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        TlsProbe.Seen seen = probe.get(Shop.GATEWAY_HOST, "/api/orders");
        return Result.of(seen.status() == 200 && seen.names().contains(Shop.GATEWAY_HOST), seen);
    }

    private Result headerRouting() {
        shop.split("version", "v2", 90, 10);
        eventually(() ->
                Load.of(20, WORKERS, () -> orders(Map.of("version", "v2"))).version("v2") == 20);
        Load load = Load.of(300, WORKERS, () -> orders(Map.of("version", "v2")));
        return Result.of(load.version("v2") == 300 && load.ok() == 300, load);
    }

    private Result split(int v1, int v2) {
        shop.split("x-canary", "true", v1, v2);
        awaitInForce("x-canary");
        Load load = Load.of(2_000, WORKERS, () -> orders(Map.of()));
        double share = load.share("v2");
        return Result.of(load.ok() == 2_000 && Math.abs(share - v2) <= 3, "%.1f%% to v2; %s".formatted(share, load));
    }

    private Result canaryHeader() {
        shop.split("x-canary", "true", 95, 5);
        awaitInForce("x-canary");
        Load load = Load.of(300, WORKERS, () -> orders(Map.of("x-canary", "true")));
        return Result.of(load.version("v2") == 300 && load.ok() == 300, load);
    }

    private Result liveEdit() {
        shop.split("version", "v2", 100, 0);
        eventually(() -> Load.of(30, WORKERS, () -> orders(Map.of())).version("v2") == 0);
        Load load = Load.started(WORKERS, PER_SECOND, () -> orders(Map.of()));
        pause(Duration.ofSeconds(1));
        long saved = System.nanoTime();
        shop.split("version", "v2", 0, 100);
        boolean moved = eventually(() -> Load.of(10, 2, () -> orders(Map.of())).version("v2") == 10);
        Duration after = Duration.ofNanos(System.nanoTime() - saved);
        for (int v2 : new int[] {10, 50, 90, 30}) {
            shop.split("version", "v2", 100 - v2, v2);
            pause(Duration.ofMillis(500));
        }
        load.stop();
        return Result.of(moved && load.failed() == 0, "in force after " + after.toMillis() + " ms; " + load);
    }

    private Result timeout() {
        shop.timeout("5s");
        pause(Duration.ofSeconds(1));
        Answer[] last = new Answer[1];
        // Longer than the timeout, and short enough that a request before the timeout is in force is only one try.
        boolean inTime = eventually(Duration.ofSeconds(30), () -> {
            last[0] = orders("?delay=8000", Map.of());
            long took = last[0].took().toMillis();
            return last[0].status() == 504 && took >= 4_800 && took <= 5_700;
        });
        return Result.of(inTime, last[0].status() + " after " + last[0].took().toMillis() + " ms");
    }

    private Result retries() {
        shop.timeoutAndRetries("5s", "2s", 3);
        pause(Duration.ofSeconds(1));
        String[] key = new String[1];
        Answer[] last = new Answer[1];
        // The first try reaches whatever replica; two of its requests fail, wherever they go.
        boolean three = eventually(() -> {
            key[0] = "k" + UUID.randomUUID();
            last[0] = orders("?failtries=2&key=" + key[0], Map.of());
            return last[0].ok() && pods.seen("user-service", key[0]) == 3;
        });
        return Result.of(
                three, last[0].status() + " with " + pods.seen("user-service", key[0]) + " tries seen upstream");
    }

    private Result circuitBreaker() {
        shop.policy(Manifest.NARROW);
        Load[] load = new Load[1];
        boolean overflowed = eventually(() -> {
            load[0] = Load.of(60, 20, () -> orders("?delay=100", Map.of()));
            return load[0].status(503) > 0 && load[0].ok() > 0;
        });
        boolean rest = load[0].ok() + load[0].status(503) == load[0].sent();
        Load within = Load.of(40, 1, () -> orders(Map.of()));
        boolean flagged = eventually(() -> log("order-service").contains(" 503 UO "));
        return Result.of(
                overflowed && rest && flagged && within.failed() == 0,
                "20 at a time: " + load[0].counts() + (flagged ? ", flag UO in the log" : ", no flag UO in the log")
                        + "; one at a time: " + within);
    }

    private Result outlier() {
        shop.policy(Manifest.QUICK_EJECTION);
        pause(Duration.ofSeconds(1));
        PodView failing = pods.of("user-service-v2").getFirst();
        pods.control(failing, "failing=true");
        try {
            boolean left =
                    eventually(() -> Load.of(40, 4, () -> orders(Map.of())).version("v1") == 40);
            Load without = Load.of(40, 4, () -> orders(Map.of()));
            pods.control(failing, "failing=false");
            boolean returned =
                    eventually(() -> Load.of(20, 4, () -> orders(Map.of())).version("v2") > 0);
            return Result.of(
                    left && returned,
                    (left ? "left: " + without : "did not leave") + (returned ? ", returned" : ", did not return"));
        } finally {
            pods.control(failing, "failing=false");
            shop.split("version", "v2", 90, 10);
        }
    }

    private Result strict() {
        shop.delete("permissive.yaml");
        boolean refused = eventually(() -> plaintext().status() == 0);
        boolean mesh = eventually(() -> orders(Map.of()).ok());
        return Result.of(
                refused && mesh,
                "plaintext: " + plaintext().status() + ", through the mesh: "
                        + orders(Map.of()).status());
    }

    private Result permissive() {
        shop.save("permissive.yaml", Manifest.permissive());
        boolean taken = eventually(() -> plaintext().status() == 200);
        boolean mesh = eventually(() -> orders(Map.of()).ok());
        String evidence = "plaintext: " + plaintext().status() + ", through the mesh: "
                + orders(Map.of()).status();
        shop.delete("permissive.yaml");
        return Result.of(taken && mesh, evidence);
    }

    private Result identityInLog() {
        String peer = "peer=spiffe://cluster.local/ns/default/sa/order-service";
        boolean seen = eventually(() -> {
            orders(Map.of());
            return log("user-service-v1").contains(peer);
        });
        return Result.of(seen, seen ? peer : "not in the log of user-service-v1's proxy");
    }

    private Result authorization() {
        shop.save("user-service-policy.yaml", Manifest.AUTHORIZATION);
        try {
            // `/api/users/*` covers what is below `/api/users`, not the path itself.
            boolean itself = eventually(() -> orders(Map.of()).status() == 403);
            int below = orders("/7", Map.of()).status();
            int gateway = client.get(gateway() + "/api/users/7", Map.of("Host", Shop.GATEWAY_HOST))
                    .status();
            // Either version may have been the one that refused.
            String denied = "rbac_access_denied_matched_policy[none]";
            boolean logged = eventually(() -> log("user-service-v1").contains(denied)
                    || log("user-service-v2").contains(denied));
            return Result.of(
                    itself && below == 200 && gateway == 403 && logged,
                    "order-service: /api/users/7 " + below + ", /api/users " + (itself ? "403" : "not 403")
                            + "; gateway: /api/users/7 " + gateway + (logged ? "" : "; nothing in the log"));
        } finally {
            shop.delete("user-service-policy.yaml");
            // Every replica's sidecar has to have forgotten it, not only the one that answers first.
            eventually(() -> Load.of(40, 2, () -> orders(Map.of())).failed() == 0);
        }
    }

    private Result controlPlaneDies() {
        shop.split("version", "v2", 90, 10);
        eventually(() -> orders(Map.of()).ok());
        Load load = Load.started(WORKERS, PER_SECOND, () -> orders(Map.of()));
        pause(Duration.ofSeconds(1));
        mesh.controlPlane().crash();
        pause(Duration.ofSeconds(3));
        boolean back = mesh.controlPlane().awaitReady(RESTART);
        shop.split("version", "v2", 0, 100);
        boolean follows =
                eventually(RESTART, () -> Load.of(10, 2, () -> orders(Map.of())).version("v2") == 10);
        load.stop();
        return Result.of(
                back && follows && load.failed() == 0,
                load + (follows ? ", new configuration arrives again" : ", no new configuration arrived"));
    }

    private Result rotation() {
        PodView pod = pods.of("user-service-v1").getFirst();
        TlsProbe probe = new TlsProbe(pod.address(), 8080);
        String before = probe.serial();
        Load load = Load.started(WORKERS, PER_SECOND, () -> orders(Map.of()));
        boolean rotated = eventually(
                Duration.ofSeconds(90),
                () -> !before.isEmpty() && !probe.serial().equals(before));
        pause(Duration.ofSeconds(2));
        load.stop();
        String evidence = rotated ? "serial " + before + " → " + probe.serial() : "serial stays " + before;
        return Result.of(rotated && load.failed() == 0, evidence + "; " + load);
    }

    /// A request to a user-service pod past the client's side of the mesh, without TLS.
    private Answer plaintext() {
        return client.get("http://" + pods.of("user-service-v1").getFirst().address() + ":8080/api/users", Map.of());
    }

    private Answer orders(Map<String, String> headers) {
        return orders("", headers);
    }

    private Answer orders(String query, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Host", Shop.GATEWAY_HOST);
        return client.get(gateway() + "/api/orders" + query, all);
    }

    private String gateway() {
        return "http://" + mesh.gatewayAddress(80).orElse("127.0.0.1:1");
    }

    /// Waits until the route with the header is the one in force.
    private void awaitInForce(String header) {
        eventually(() -> Load.of(10, 2, () -> orders(Map.of(header, "true"))).version("v2") == 10);
        pause(Duration.ofMillis(300));
    }

    private String log(String workload) {
        StringBuilder all = new StringBuilder();
        for (PodView pod : pods.of(workload)) {
            try {
                all.append(end(logs.resolve(pod.name() + ".istio-proxy.log")));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return all.toString();
    }

    /// The last lines of a file: a log grows with the load.
    private static String end(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(Math.max(0, channel.size() - LOG_END_BYTES));
            return new String(Channels.newInputStream(channel).readNBytes(LOG_END_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static boolean eventually(BooleanSupplier holds) {
        return eventually(IN_FORCE, holds);
    }

    private static boolean eventually(Duration time, BooleanSupplier holds) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause(Duration.ofMillis(50));
        }
        return true;
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
