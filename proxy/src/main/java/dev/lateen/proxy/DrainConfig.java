package dev.lateen.proxy;

import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.config.Decoded;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/// How long the proxy goes on when it has been asked to stop.
///
/// Source: Istio's `terminationDrainDuration` and `drainDuration` of ProxyConfig, variables
/// `TERMINATION_DRAIN_DURATION_SECONDS`, `EXIT_ON_ZERO_ACTIVE_CONNECTIONS`, `MINIMUM_DRAIN_DURATION`.
///
/// @param atMost the end, whatever is still open
/// @param atLeast not before that, since clients may not know yet
/// @param exitOnZeroConnections do not wait for the end when no connection is left
/// @param ofReplaced how long connections of a listener that was replaced may last
public record DrainConfig(Duration atMost, Duration atLeast, boolean exitOnZeroConnections, Duration ofReplaced) {
    private static final Duration TERMINATION = Duration.ofSeconds(5);
    private static final Duration REPLACED = Duration.ofSeconds(45);
    /// The kubelet ends pods sooner.
    private static final Duration FOR_CONNECTIONS = Duration.ofHours(1);

    static Decoded<DrainConfig> of(ProxyOptions options) {
        return options.bootstrap().isPresent()
                ? Decoded.of(() -> ofBootstrapFile(options.environment()))
                : ofIstio(options.environment());
    }

    private static DrainConfig ofBootstrapFile(Map<String, String> environment) {
        Duration atMost = IstioEnvironment.seconds(environment, "TERMINATION_DRAIN_DURATION_SECONDS", TERMINATION);
        return new DrainConfig(atMost, Duration.ZERO, true, REPLACED);
    }

    /// What a pod's environment says; a variable wins over `PROXY_CONFIG`. Rejected by name where a duration is
    /// none.
    public static Decoded<DrainConfig> ofIstio(Map<String, String> environment) {
        return Decoded.of(() -> ofPod(environment));
    }

    private static DrainConfig ofPod(Map<String, String> environment) {
        Duration replaced = IstioEnvironment.setting(environment, "drainDuration", REPLACED);
        if (IstioEnvironment.variable(environment, "EXIT_ON_ZERO_ACTIVE_CONNECTIONS")
                .equals("true")) {
            Duration atLeast = IstioEnvironment.seconds(environment, "MINIMUM_DRAIN_DURATION", TERMINATION);
            return new DrainConfig(atLeast.plus(FOR_CONNECTIONS), atLeast, true, replaced);
        }
        Duration configured = IstioEnvironment.setting(environment, "terminationDrainDuration", TERMINATION);
        Duration atMost = IstioEnvironment.seconds(environment, "TERMINATION_DRAIN_DURATION_SECONDS", configured);
        return new DrainConfig(atMost, Duration.ZERO, false, replaced);
    }

    /// Whether a proxy that was asked to stop may end.
    ///
    /// @param elapsedNanos since then
    /// @param connections of clients that are open
    public boolean isOver(long elapsedNanos, LongSupplier connections) {
        Duration elapsed = Duration.ofNanos(elapsedNanos);
        return elapsed.compareTo(atMost) >= 0
                || (exitOnZeroConnections && elapsed.compareTo(atLeast) >= 0 && connections.getAsLong() == 0);
    }
}
