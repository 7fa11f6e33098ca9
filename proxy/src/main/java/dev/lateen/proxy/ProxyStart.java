package dev.lateen.proxy;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.BootstrapFile;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.config.Decoded;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a proxy needs before it can start. Thread: main.
final class ProxyStart {
    private ProxyStart() {}

    static BootstrapConfig readBootstrap(ProxyOptions options) throws ProxyStartException {
        return accepted(
                options.bootstrap().isPresent()
                        ? BootstrapFile.read(options.bootstrap().get())
                        : IstioEnvironment.read(
                                options.environment(), options.role() == ProxyOptions.Role.ROUTER, Path.of("")));
    }

    static <T> T accepted(Decoded<T> read) throws ProxyStartException {
        return switch (read) {
            case Decoded.Ok<T>(T value) -> value;
            case Decoded.Rejected<T>(String reason) -> throw new ProxyStartException(List.of(reason));
        };
    }

    /// Without epoll all of a pod's connections would seem to be meant for this process, and go nowhere.
    static void requireEpoll() throws ProxyStartException {
        Optional<String> obstacle = EventLoops.obstacleToEpoll();
        if (obstacle.isPresent()) {
            throw new ProxyStartException(List.of("no native transport, so original destinations are unknown: "
                    + obstacle.get() + " (expected: /tmp or -Dio.netty.native.workdir to be writable)"));
        }
    }
}
