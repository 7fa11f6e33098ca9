package dev.lateen.local;

import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.ProbeSpec;
import dev.lateen.local.probe.ProbeResult;
import dev.lateen.local.probe.ProbeResult.Failure;
import dev.lateen.local.probe.ProbeResult.Success;
import dev.lateen.local.probe.Prober;
import dev.lateen.local.process.Supervised;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// One container of a pod: its process, and what its probes say. Thread: the pod's.
final class LocalContainer {
    private final ContainerSpec spec;
    private final Supervised process;
    private final Prober prober;
    private final Consumer<String> say;
    private final Optional<ProbeSpec> readiness;
    private final long startedAt = System.nanoTime();
    private long nextReadiness;
    private long nextLiveness;
    private int successes;
    private int failures;
    private int livenessFailures;
    private boolean ready;
    private int restartsSeen;

    LocalContainer(ContainerSpec spec, Supervised process, Prober prober, Consumer<String> say) {
        this.spec = spec;
        this.process = process;
        this.prober = prober;
        this.say = say;
        this.readiness =
                spec.readiness().or(() -> spec.ports().isEmpty() ? Optional.empty() : Optional.of(firstPort(spec)));
        this.nextReadiness = startedAt
                + readiness.map(ProbeSpec::initialDelay).orElse(Duration.ZERO).toNanos();
        this.nextLiveness = startedAt
                + spec.liveness()
                        .map(ProbeSpec::initialDelay)
                        .orElse(Duration.ZERO)
                        .toNanos();
    }

    boolean ready() {
        return ready;
    }

    Supervised process() {
        return process;
    }

    String name() {
        return spec.name();
    }

    int restarts() {
        return process.restarts();
    }

    /// Runs the probes that are due.
    void probe(long now) {
        boolean alive = process.current().map(child -> child.alive()).orElse(false);
        if (process.restarts() != restartsSeen || !alive) {
            restartsSeen = process.restarts();
            ready = false;
            successes = 0;
        }
        if (!alive) {
            return;
        }
        if (readiness.isEmpty()) {
            ready = true;
        } else if (now >= nextReadiness) {
            probeReadiness(now, readiness.get());
        }
        if (spec.liveness().isPresent()
                && now >= nextLiveness
                && (spec.startup().isEmpty() || ready)) {
            probeLiveness(now, spec.liveness().get());
        }
    }

    private void probeReadiness(long now, ProbeSpec probe) {
        // Often until it is ready for the first time: a person is waiting.
        Duration period =
                ready || probe.period().compareTo(Duration.ofMillis(300)) < 0 ? probe.period() : Duration.ofMillis(300);
        nextReadiness = now + period.toNanos();
        switch (prober.probe(spec, probe)) {
            case Success _ -> {
                failures = 0;
                successes++;
                ready = ready || successes >= probe.successThreshold();
            }
            case Failure(String reason) -> {
                successes = 0;
                failures++;
                if (ready && failures >= probe.failureThreshold()) {
                    ready = false;
                    say.accept(spec.name() + " is not ready: " + reason);
                }
            }
        }
    }

    private void probeLiveness(long now, ProbeSpec probe) {
        nextLiveness = now + probe.period().toNanos();
        ProbeResult result = prober.probe(spec, probe);
        if (result instanceof Failure(String reason)) {
            livenessFailures++;
            if (livenessFailures >= probe.failureThreshold()) {
                livenessFailures = 0;
                say.accept(spec.name() + " failed its liveness probe and is restarted: " + reason);
                nextLiveness = now + probe.initialDelay().plus(probe.period()).toNanos();
                process.restart(Duration.ofSeconds(5));
            }
        } else {
            livenessFailures = 0;
        }
    }

    /// How a container is asked that declares a port but no readiness probe: it is ready once it takes connections.
    /// Kubernetes would call it ready at once, and the first requests would fail.
    private static ProbeSpec firstPort(ContainerSpec spec) {
        String port = Integer.toString(spec.ports().getFirst().number());
        return new ProbeSpec(
                new ProbeSpec.Check.TcpSocket(port),
                Duration.ZERO,
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                1,
                1);
    }
}
