package dev.lateen.proxy.probe;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How the application is asked on the control plane's behalf.
///
/// @param initialDelay before the first question
/// @param period between two
/// @param successThreshold so many good answers in a row make it well
/// @param failureThreshold so many bad ones make it unwell
///
/// Source: Istio's `ReadinessProbe`; what is not given is 0 s, 10 s, 1 and 1, and 1 s for an answer.
public record HealthCheckConfig(
        Probe probe, Duration initialDelay, Duration period, int successThreshold, int failureThreshold) {
    private static final String WHERE = "environment variable PROXY_CONFIG: readinessProbe";
    private static final int PERIOD = 10;
    private static final int LAST_PORT = 65_535;

    /// Empty where nothing is to be asked.
    ///
    /// @param proxyConfig of Istio, as a tree
    /// @param host where the application listens, unless the probe says otherwise
    public static Decoded<Optional<HealthCheckConfig>> of(Map<?, ?> proxyConfig, String host) {
        return Decoded.of(() -> Optional.ofNullable(proxyConfig.get("readinessProbe"))
                .filter(probe -> !(probe instanceof Map<?, ?> fields && fields.isEmpty()))
                .map(probe -> read(probe, host)));
    }

    private static HealthCheckConfig read(Object tree, String host) {
        if (!(tree instanceof Map<?, ?> fields)) {
            throw new Refusal(WHERE + ": a mapping is expected");
        }
        Probe probe = ProbeReader.read(fields, host);
        switch (probe.question()) {
            case Probe.Http _, Probe.Tcp _, Probe.Grpc _ -> {
                if (probe.port() < 1 || probe.port() > LAST_PORT) {
                    throw new Refusal(WHERE + ": port: " + probe.port() + " (expected: a number from 1 to 65535)");
                }
            }
            case Probe.Exec(var command) -> {
                if (command.isEmpty()) {
                    throw new Refusal(WHERE + ": exec.command is missing");
                }
            }
            case Probe.Unsupported(var what) -> throw new Refusal(WHERE + ": " + what);
        }
        return new HealthCheckConfig(
                probe,
                Duration.ofSeconds(number(fields, "initialDelaySeconds", 0)),
                Duration.ofSeconds(number(fields, "periodSeconds", PERIOD)),
                number(fields, "successThreshold", 1),
                number(fields, "failureThreshold", 1));
    }

    private static int number(Map<?, ?> fields, String name, int otherwise) {
        int number = ProbeReader.number(fields.get(name));
        if (number < 0) {
            throw new Refusal(WHERE + "." + name + ": " + number + " (expected: a number from 0)");
        }
        return number == 0 ? otherwise : number;
    }
}
