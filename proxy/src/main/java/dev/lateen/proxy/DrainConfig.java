package dev.lateen.proxy;

import java.time.Duration;
import java.util.Map;

/// How long the proxy goes on when it has been asked to stop.
///
/// Source: Istio's `TERMINATION_DRAIN_DURATION_SECONDS`, `EXIT_ON_ZERO_ACTIVE_CONNECTIONS`, `MINIMUM_DRAIN_DURATION`.
///
/// @param atMost the end, whatever is still open
/// @param atLeast not before that, since clients may not know yet
/// @param exitOnZeroConnections do not wait for the end when no connection is left
public record DrainConfig(Duration atMost, Duration atLeast, boolean exitOnZeroConnections) {
    private static final long DEFAULT_SECONDS = 5;

    static DrainConfig of(ProxyOptions options) {
        return options.bootstrap().isPresent()
                ? ofBootstrapFile(options.environment())
                : ofIstio(options.environment());
    }

    private static DrainConfig ofBootstrapFile(Map<String, String> environment) {
        return new DrainConfig(atMost(environment), Duration.ZERO, true);
    }

    public static DrainConfig ofIstio(Map<String, String> environment) {
        boolean onZero = environment
                .getOrDefault("EXIT_ON_ZERO_ACTIVE_CONNECTIONS", "false")
                .equals("true");
        Duration atLeast = onZero ? seconds(environment.getOrDefault("MINIMUM_DRAIN_DURATION", "5s")) : Duration.ZERO;
        Duration atMost = onZero ? atLeast.plus(Duration.ofHours(1)) : atMost(environment);
        return new DrainConfig(atMost, atLeast, onZero);
    }

    private static Duration atMost(Map<String, String> environment) {
        return seconds(environment.getOrDefault("TERMINATION_DRAIN_DURATION_SECONDS", "5"));
    }

    private static Duration seconds(String text) {
        String number = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(number.trim())));
        } catch (NumberFormatException _) {
            return Duration.ofSeconds(DEFAULT_SECONDS);
        }
    }
}
