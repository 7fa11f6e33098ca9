package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import java.util.Set;

/// Istio's rules for retry policies. Thread: any. Source: Envoy's `x-envoy-retry-on` and `x-envoy-retry-grpc-on`.
final class RetryRules {
    private static final Set<String> CONDITIONS = Set.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "envoy-ratelimited",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private RetryRules() {}

    static void check(View retries) {
        Checks.notNegative(retries, "attempts");
        boolean configured =
                retries.has("perTryTimeout") || retries.filled("retryOn") || retries.has("retryRemoteLocalities");
        if (retries.number("attempts") == 0 && configured) {
            retries.error("attempts", "conflict", "retries are turned off (0 attempts) but configured", "1 or more");
        }
        Checks.duration(retries, "perTryTimeout", "backoff");
        if (!retries.filled("retryOn")) {
            return;
        }
        for (String condition : retries.text("retryOn").split(",", -1)) {
            condition(retries, condition.strip());
        }
    }

    private static void condition(View retries, String condition) {
        boolean status = condition.length() == 3
                && condition.chars().allMatch(Character::isDigit)
                && condition.charAt(0) >= '1'
                && condition.charAt(0) <= '5';
        if (!status && !CONDITIONS.contains(condition)) {
            Spot spot = retries.spot("retryOn");
            retries.report()
                    .add(Diagnostic.error("bad-enum-value", spot.at(), spot.path(), "not a condition for retries")
                            .withValue(condition)
                            .withExpected("a condition such as 5xx or connect-failure, or a status")
                            .withAdvice(Spelling.advice(condition, CONDITIONS)));
        }
    }
}
