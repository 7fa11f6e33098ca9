package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import dev.lateen.cli.demo.Client.Answer;
import dev.lateen.local.Mesh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The gateway's routes, routes by header, splits by weight, and an edit under load.
///
/// Thread: one at a time.
final class RoutingChecks {
    private final Mesh mesh;
    private final Shop shop;
    private final Traffic traffic;

    RoutingChecks(Mesh mesh, Shop shop, Traffic traffic) {
        this.mesh = mesh;
        this.shop = shop;
        this.traffic = traffic;
    }

    List<Check> checks() {
        return List.of(
                new Check("gateway routes api.example.com over HTTP", this::gatewayHttp),
                new Check("gateway serves HTTPS with credentialName", this::gatewayHttps),
                new Check("header version: v2 goes to v2", () -> header("version", "v2")),
                new Check("90/10 split within 3 points", () -> split(90, 10)),
                new Check("95/5 split within 3 points", () -> split(95, 5)),
                new Check("header x-canary: true goes to v2", () -> header("x-canary", "true")),
                new Check("trace context reaches user-service", this::traceContext),
                new Check("live edit of weights loses no request", this::liveEdit));
    }

    private Result gatewayHttp() {
        boolean served = Eventually.holds(() -> traffic.orders().ok());
        Answer stranger = traffic.atGateway("/api/orders", Map.of("Host", "elsewhere.example.com"));
        return Result.of(
                served && stranger.status() == 404,
                "api.example.com: " + (served ? "200" : traffic.orders()) + ", elsewhere.example.com: "
                        + stranger.status());
    }

    private Result gatewayHttps() {
        String address = mesh.gatewayAddress(443).orElse("");
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return Result.of(false, "no gateway on port 443");
        }
        TlsProbe probe = new TlsProbe(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        TlsProbe.Seen[] seen = new TlsProbe.Seen[1];
        boolean served = Eventually.holds(() -> {
            seen[0] = probe.get(Shop.GATEWAY_HOST, "/api/orders");
            return seen[0].status() == 200 && seen[0].names().contains(Shop.GATEWAY_HOST);
        });
        return Result.of(served, seen[0]);
    }

    /// With the header all of it goes to v2, without it most does not.
    private Result header(String name, String value) {
        boolean saved = traffic.inForce(shop.split(name, value, 90, 10));
        Load with = Load.of(300, Traffic.WORKERS, () -> traffic.orders(Map.of(name, value)));
        Load without = traffic.burst(100);
        return Result.of(
                saved && with.version("v2") == 300 && with.ok() == 300 && without.version("v1") > 50,
                with + "; without the header: " + without);
    }

    private Result split(int v1, int v2) {
        boolean saved = traffic.inForce(shop.split("x-canary", "true", v1, v2));
        Load load = traffic.burst(2_000);
        double share = load.share("v2");
        return Result.of(
                saved && load.ok() == 2_000 && Math.abs(share - v2) <= 3, "%.1f%% to v2; %s".formatted(share, load));
    }

    private Result traceContext() {
        String trace = UUID.randomUUID().toString().replace("-", "");
        Answer answer = traffic.orders(Map.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
        return Result.of(
                answer.trace().equals(trace), "sent " + trace + ", arrived: " + answer.trace() + " " + answer.status());
    }

    private Result liveEdit() {
        boolean before = traffic.inForce(shop.split("version", "v2", 100, 0));
        Load load = traffic.steady();
        boolean onlyOld = traffic.burst(30).version("v2") == 0;
        long saved = System.nanoTime();
        boolean moved = traffic.inForce(shop.split("version", "v2", 0, 100))
                && traffic.burst(30).version("v1") == 0;
        Duration after = Duration.ofNanos(System.nanoTime() - saved);
        for (int v2 : new int[] {10, 50, 90, 30}) {
            moved &= traffic.inForce(shop.split("version", "v2", 100 - v2, v2));
        }
        load.stop();
        return Result.of(
                before && onlyOld && moved && load.failed() == 0,
                "in force after " + after.toMillis() + " ms at most; " + load);
    }
}
