package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckResult;
import dev.lateen.proxy.health.CheckedHealth;
import dev.lateen.proxy.health.HealthState;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The checks of one host: one after another, with pauses.
///
/// Thread: chores loop.
final class HostCheck implements HostProbe.Outcome {
    private final HealthChecker checker;
    private final Host host;
    private final EndpointCheck own;
    private final HealthState state;
    private final HostProbe probe;
    private @Nullable Future<?> timer;
    private final boolean unknown;
    private boolean running;
    private boolean stopped;

    HostCheck(HealthChecker checker, Host host, EndpointCheck own, CheckedHealth known) {
        this.checker = checker;
        this.host = host;
        this.own = own;
        this.unknown = known.failed();
        this.state = new HealthState(checker.config(), known);
        this.probe = switch (checker.config().kind()) {
            case CheckKind.Http http -> new HttpProbe(checker, http, connection(http.http2()), authority(http.host()));
            case CheckKind.Grpc grpc -> new GrpcProbe(grpc, connection(true), authority(grpc.authority()));
            case CheckKind.Tcp tcp -> new TcpProbe(checker, tcp, host, address());
        };
    }

    private CheckConnection connection(boolean http2) {
        return new CheckConnection(checker, host, address(), http2);
    }

    private SocketAddress address() {
        SocketAddress address = own.address() == null ? host.address() : own.address();
        return own.port() != 0 && address instanceof InetSocketAddress inet
                ? new InetSocketAddress(inet.getAddress(), own.port())
                : address;
    }

    private String authority(String configured) {
        return !own.hostname().isEmpty()
                ? own.hostname()
                : configured.isEmpty() ? checker.cluster().name() : configured;
    }

    Host host() {
        return host;
    }

    boolean isOf(EndpointCheck check) {
        return own.equals(check);
    }

    /// Whether nothing is known of the host, and its first result is still to come.
    boolean isAwaited() {
        return unknown && state.first();
    }

    void begin() {
        next(checker.config().pace().firstNanos(ThreadLocalRandom.current()));
    }

    private void next(long nanos) {
        timer = checker.loop().schedule(() -> checker.due(this), nanos, TimeUnit.NANOSECONDS);
    }

    void start() {
        running = true;
        timer = checker.loop()
                .schedule(this::onTimeout, checker.config().timeout().toNanos(), TimeUnit.NANOSECONDS);
        probe.start(this);
    }

    private void onTimeout() {
        if (running) {
            probe.cancel();
            onResult(CheckResult.TIMED_OUT);
        }
    }

    @Override
    public void onResult(CheckResult result) {
        if (!running) {
            return;
        }
        running = false;
        stopTimer();
        boolean changed = take(result);
        if (!stopped) {
            next(checker.config()
                    .pace()
                    .nextNanos(state.health().failed(), changed, checker.hadTraffic(), ThreadLocalRandom.current()));
        }
        checker.ended();
    }

    private boolean take(CheckResult result) {
        boolean awaited = isAwaited();
        boolean changed = state.take(result);
        checker.onResult(host, result, state.health(), awaited && !isAwaited(), changed);
        return changed;
    }

    void failNow() {
        if (!state.health().failed()) {
            take(CheckResult.PASSIVE);
        }
    }

    void stop() {
        stopped = true;
        stopTimer();
        if (running) {
            running = false;
            probe.cancel();
            checker.ended();
        }
        probe.close();
    }

    private void stopTimer() {
        Future<?> present = timer;
        if (present != null) {
            present.cancel(false);
        }
    }
}
