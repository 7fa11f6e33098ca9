package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Mutual TLS, identities and authorization.
///
/// Thread: one at a time.
final class SecurityChecks {
    private static final String PERMISSIVE = "permissive.yaml";
    private static final String POLICY = "user-service-policy.yaml";
    private static final String PEER = "peer=spiffe://cluster.local/ns/default/sa/order-service";
    private static final String DENIED = "rbac_access_denied_matched_policy[none]";

    private final Shop shop;
    private final Traffic traffic;

    SecurityChecks(Shop shop, Traffic traffic) {
        this.shop = shop;
        this.traffic = traffic;
    }

    List<Check> checks() {
        return List.of(
                new Check("PERMISSIVE takes plaintext and mutual TLS", this::permissive),
                new Check("STRICT refuses plaintext", this::strict),
                new Check("peer's SPIFFE id and TLS are in the access log", this::identityInLog),
                new Check("authorization admits order-service to /api/users/* alone", this::authorization));
    }

    private Result permissive() {
        shop.split("version", "v2", 90, 10);
        shop.save(PERMISSIVE, Manifest.PERMISSIVE);
        boolean taken = Eventually.holds(() -> traffic.plaintext().status() == 200);
        boolean secure = Eventually.holds(
                () -> traffic.loggedLine("user-service").orElse("").contains(PEER));
        return Result.of(
                taken && secure,
                (taken ? "plaintext: 200" : "plaintext refused") + ", through the mesh: "
                        + (secure ? "with the peer's certificate" : "without a certificate"));
    }

    /// After `permissive`, so that the plaintext which is refused now was taken before.
    private Result strict() {
        shop.save(PERMISSIVE, Manifest.PERMISSIVE);
        boolean taken = Eventually.holds(() -> traffic.plaintext().status() == 200);
        shop.delete(PERMISSIVE);
        boolean refused = Eventually.holds(() -> traffic.plaintext().status() == 0);
        boolean served = Eventually.holds(() -> traffic.burst(40).failed() == 0);
        return Result.of(
                taken && refused && served,
                "plaintext: " + (refused ? "refused" : "taken") + ", through the mesh: "
                        + (served ? "200" : traffic.orders()));
    }

    private Result identityInLog() {
        Optional<String> line = traffic.loggedLine("user-service");
        boolean seen = line.filter(one -> one.contains(PEER)).isPresent();
        return Result.of(seen, seen ? PEER : line.orElse("no line in the log of user-service's proxies"));
    }

    private Result authorization() {
        shop.save(POLICY, Manifest.AUTHORIZATION);
        try {
            // `/api/users/*` covers what is below `/api/users`, not the path itself. Every replica has to know.
            boolean itself = Eventually.holds(() -> traffic.burst(40).status(403) == 40);
            Load below = Load.of(40, Traffic.WORKERS, () -> traffic.orders("/7", Map.of()));
            Load gateway = Load.of(
                    40, Traffic.WORKERS, () -> traffic.atGateway("/api/users/7", Map.of("Host", Shop.GATEWAY_HOST)));
            boolean logged =
                    Eventually.holds(() -> traffic.log("user-service").anyMatch(line -> line.contains(DENIED)));
            return Result.of(
                    itself && below.ok() == 40 && gateway.status(403) == 40 && logged,
                    "order-service: /api/users/7 " + below.statuses() + ", /api/users " + (itself ? "403" : "not 403")
                            + "; gateway: /api/users/7 " + gateway.statuses() + (logged ? "" : "; nothing in the log"));
        } finally {
            shop.delete(POLICY);
            // Every replica's sidecar has to have forgotten it, not only the one that answers first.
            Eventually.holds(() -> traffic.burst(40).failed() == 0);
        }
    }
}
