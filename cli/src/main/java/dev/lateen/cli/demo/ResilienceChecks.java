package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Check.Result;
import dev.lateen.cli.demo.Client.Answer;
import dev.lateen.local.Mesh.PodView;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Timeouts, retries, circuit breakers and outlier detection.
///
/// Thread: one at a time.
final class ResilienceChecks {
    private static final Duration SEVERAL_TIMEOUTS = Duration.ofSeconds(60);

    private final Shop shop;
    private final Pods pods;
    private final Traffic traffic;

    ResilienceChecks(Shop shop, Pods pods, Traffic traffic) {
        this.shop = shop;
        this.pods = pods;
        this.traffic = traffic;
    }

    List<Check> checks() {
        return List.of(
                new Check("timeout answers 504 at 5 s", this::timeout),
                new Check("two failures, then success: three tries, 200", this::retries),
                new Check("circuit breaker overflows with UO, the rest succeeds", this::circuitBreaker),
                new Check("failing replica leaves the rotation and returns", this::outlier));
    }

    private Result timeout() {
        boolean saved = traffic.inForce(shop.timeout("5s"));
        Answer[] last = new Answer[1];
        // A machine that is busy with other things may keep one answer waiting, but not all of them. None may be early.
        boolean[] early = new boolean[1];
        boolean inTime = Eventually.holds(SEVERAL_TIMEOUTS, () -> {
            last[0] = traffic.orders("?delay=8000", Map.of());
            long took = last[0].took().toMillis();
            early[0] |= took < 4_900;
            return early[0] || (last[0].status() == 504 && took <= 5_700);
        });
        return Result.of(
                saved && inTime && !early[0],
                last[0].status() + " after " + last[0].took().toMillis() + " ms");
    }

    private Result retries() {
        boolean saved = traffic.inForce(shop.timeoutAndRetries("5s", "2s", 3));
        String[] seen = new String[1];
        // The first try reaches whatever replica; two of its requests fail, wherever they go.
        boolean three = Eventually.holds(() -> {
            String key = Traffic.key();
            Answer answer = traffic.orders("?failtries=2&key=" + key, Map.of());
            int tries = pods.seen("user-service", key);
            seen[0] = answer.status() + " with " + tries + " tries seen upstream";
            return answer.ok() && tries == 3;
        });
        return Result.of(saved && three, seen[0]);
    }

    private Result circuitBreaker() {
        boolean saved = traffic.inForce(shop.policy(Manifest.NARROW));
        Load[] load = new Load[1];
        boolean overflowed = Eventually.holds(() -> {
            load[0] = Load.of(60, 20, () -> traffic.orders("?delay=100", Map.of()));
            return load[0].status(503) > 0 && load[0].ok() > 0;
        });
        boolean rest = load[0].ok() + load[0].status(503) == load[0].sent();
        boolean flagged =
                Eventually.holds(() -> traffic.log("order-service").anyMatch(line -> line.contains(" 503 UO ")));
        Load within = Load.of(40, 1, traffic::orders);
        return Result.of(
                saved && overflowed && rest && flagged && within.failed() == 0,
                "20 at a time: " + load[0].counts() + (flagged ? ", flag UO in the log" : ", no flag UO in the log")
                        + "; one at a time: " + within);
    }

    /// Counted at the replica itself: retries on the way hide its failures from the client.
    private Result outlier() {
        boolean saved = traffic.inForce(shop.policy(Manifest.QUICK_EJECTION));
        PodView failing = pods.of("user-service-v2").getFirst();
        pods.control(failing, "failing=true");
        boolean failed = pods.users(failing).status() == 503;
        try {
            boolean left = Eventually.holds(() -> seenByV2() == 0);
            pods.control(failing, "failing=false");
            boolean returned = Eventually.holds(() -> seenByV2() > 0);
            return Result.of(
                    saved && failed && left && returned,
                    (left ? "of 40 requests it got none" : "did not leave")
                            + (returned ? ", then some again" : ", did not return"));
        } finally {
            pods.control(failing, "failing=false");
        }
    }

    private int seenByV2() {
        String key = Traffic.key();
        Load.of(40, 4, () -> traffic.orders("?key=" + key, Map.of()));
        return pods.seen("user-service-v2", key);
    }
}
