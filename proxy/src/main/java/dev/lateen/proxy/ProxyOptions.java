package dev.lateen.proxy;

import dev.lateen.proxy.bootstrap.BootstrapConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What the command line and the environment say.
///
/// @param bootstrap an Envoy v3 bootstrap file; without one the environment is Istio's
/// @param concurrency event loops of the data path; by default one for each processor
/// @param role what Istio calls the proxy's type
/// @param environment variables, as Istio's agent reads them
public record ProxyOptions(
        Optional<Path> bootstrap, OptionalInt concurrency, Role role, Map<String, String> environment) {
    public ProxyOptions {
        environment = Map.copyOf(environment);
    }

    public enum Role {
        SIDECAR,
        ROUTER
    }

    /// How many event loops: as the command line says; else as Istio's proxy configuration says, where this process
    /// starts from that.
    int workers(BootstrapConfig config) {
        int said = bootstrap.isPresent() ? 0 : config.concurrency();
        return concurrency.orElse(said > 0 ? said : Runtime.getRuntime().availableProcessors());
    }

    public static ProxyOptions ofBootstrap(Path file) {
        return new ProxyOptions(Optional.of(file), OptionalInt.empty(), Role.SIDECAR, Map.of());
    }
}
