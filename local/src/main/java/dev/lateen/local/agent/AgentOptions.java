package dev.lateen.local.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What the command line and the environment say.
///
/// @param envoy the binary
/// @param router whether this is a gateway
/// @param concurrency Envoy's workers; by default `concurrency` of `PROXY_CONFIG`, else two at most
/// @param logLevel of Envoy, such as `warning`
/// @param componentLogLevel of its parts, such as `misc:error`; empty for all alike
/// @param drainTime how long Envoy spreads the end of connections when it drains; by default `drainDuration` of
///     `PROXY_CONFIG`, else 45 s
/// @param environment Istio's variables
/// @param root the directory below which Istio's files are mounted; also Envoy's working directory
public record AgentOptions(
        Path envoy,
        boolean router,
        OptionalInt concurrency,
        String logLevel,
        String componentLogLevel,
        Optional<Duration> drainTime,
        Map<String, String> environment,
        Path root) {
    public AgentOptions {
        environment = Map.copyOf(environment);
    }
}
