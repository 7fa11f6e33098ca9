package dev.lateen.local;

import dev.lateen.local.capture.Place;
import dev.lateen.local.manifest.ContainerSpec;
import dev.lateen.local.manifest.PodManifest;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.local.probe.Prober;
import dev.lateen.local.process.Child;
import dev.lateen.local.process.ChildCommand;
import dev.lateen.local.process.Supervised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A pod on this machine: its place, its proxy, its containers, and the manifest that tells the control plane
/// of it.
///
/// The proxy comes first and the applications wait for it (`holdApplicationUntilProxyStarts`); at the end the
/// applications go first, so that they can say goodbye through it.
///
/// Thread: its own virtual thread, started by `start`; `stop`, `ready` and the facts from any.
final class LocalPod {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration APPLICATION_GRACE = Duration.ofSeconds(5);
    private static final Duration PROXY_GRACE = Duration.ofSeconds(8);

    private final String name;
    private final WorkloadSpec workload;
    private final PodContext context;
    private final Place place;
    private final Instant startedAt = Instant.now();
    private final CountDownLatch stopWanted = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<LocalContainer> containers = new ArrayList<>();
    private Optional<LocalProxy> proxy = Optional.empty();
    private volatile boolean ready;

    LocalPod(String name, WorkloadSpec workload, PodContext context) {
        this.name = name;
        this.workload = workload;
        this.context = context;
        this.place = context.capture().place(name, workload);
    }

    String name() {
        return name;
    }

    WorkloadSpec workload() {
        return workload;
    }

    Place place() {
        return place;
    }

    boolean ready() {
        return ready;
    }

    void start() {
        Thread.ofVirtual().name("pod " + name).start(this::live);
    }

    /// Tells the pod to end. `awaitStopped` waits for it.
    void stop() {
        stopWanted.countDown();
    }

    void awaitStopped() {
        try {
            stopped.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() {
        try {
            writeManifest("Pending", false);
            startProxy();
            boolean held = (workload.role() != Role.SIDECAR && workload.role() != Role.PROXYLESS) || awaitProxy();
            if (held) {
                startContainers();
                watch();
            }
        } catch (RuntimeException failure) {
            say("failed: " + failure.getMessage());
            writeManifest("Failed", false);
            awaitStopWanted(Duration.ofDays(365));
        } finally {
            end();
        }
    }

    private void startProxy() {
        if (workload.role() != Role.NONE) {
            LocalProxy started = new LocalProxy(name, workload, place, context);
            proxy = Optional.of(started);
            started.start();
        }
    }

    /// True when the proxy is ready, false when the pod was stopped before.
    private boolean awaitProxy() {
        while (!proxy.map(LocalProxy::isReady).orElse(true)) {
            if (awaitStopWanted(TICK)) {
                return false;
            }
        }
        return true;
    }

    private void startContainers() {
        for (ContainerSpec spec : workload.containers()) {
            if (spec.command().isEmpty()) {
                throw new IllegalStateException(spec.at() + ": container '" + spec.name() + "' (image " + spec.image()
                        + ") names no command that could run here: add the annotation local.lateen.dev/command to the pod"
                        + " template, or command to the container");
            }
            Supervised process = new Supervised(context.children(), () -> command(spec), new Announcer(spec.name()));
            Prober prober = new Prober(
                    place.applicationHost(),
                    place.probeSource(),
                    place::realPort,
                    workload.directory(),
                    environmentOf(spec));
            containers.add(new LocalContainer(spec, process.start(), prober, this::say));
        }
    }

    private void watch() {
        boolean told = false;
        writeManifest("Running", false);
        do {
            long now = System.nanoTime();
            containers.forEach(container -> container.probe(now));
            boolean allReady = containers.stream().allMatch(LocalContainer::ready)
                    && proxy.map(LocalProxy::isReady).orElse(true);
            if (allReady != ready || !told) {
                told = true;
                writeManifest("Running", allReady);
                // After it is written: whoever waits for this sends requests next.
                ready = allReady;
                if (allReady) {
                    say("ready at " + place.address());
                }
            }
        } while (!awaitStopWanted(TICK));
    }

    private void end() {
        ready = false;
        try {
            // Out of the endpoints first, so that nobody is sent here any more.
            writeManifest("Running", false);
            List<Thread> stopping = new ArrayList<>();
            for (LocalContainer container : containers) {
                stopping.add(Thread.ofVirtual().start(() -> container.process().stop(APPLICATION_GRACE)));
            }
            for (Thread thread : stopping) {
                thread.join();
            }
            proxy.ifPresent(one -> one.stop(PROXY_GRACE));
            Files.deleteIfExists(
                    manifest("Running", false).fileIn(context.settings().runtimeManifests()));
            context.capture().release(place);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            stopped.countDown();
        }
    }

    private boolean awaitStopWanted(Duration time) {
        try {
            return stopWanted.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private ChildCommand command(ContainerSpec spec) {
        Path directory =
                spec.workingDirectory().map(Path::of).filter(Files::isDirectory).orElse(workload.directory());
        return ChildCommand.of(
                        name + "/" + spec.name(),
                        spec.command(),
                        directory,
                        context.settings().logs().resolve(name + "." + spec.name() + ".log"))
                .without(List.of("LATEEN_COMMAND", "LATEEN_JAVA_OPTS", "MALLOC_ARENA_MAX"))
                .withEnvironment(environmentOf(spec))
                .within(place.prefix());
    }

    private Map<String, String> environmentOf(ContainerSpec spec) {
        Map<String, String> environment = new TreeMap<>(spec.environment());
        environment.put("POD_NAME", name);
        environment.put("POD_NAMESPACE", workload.namespace());
        environment.put("POD_IP", place.address());
        environment.put("VERSION", workload.labels().getOrDefault("version", ""));
        environment.putAll(place.applicationEnvironment());
        if (workload.role() == Role.PROXYLESS) {
            proxy.ifPresent(agent -> environment.putAll(agent.applicationEnvironment()));
        }
        spec.ports().stream()
                .findFirst()
                .ifPresent(port -> environment.put("PORT", Integer.toString(place.realPort(port.number()))));
        return environment;
    }

    private void writeManifest(String phase, boolean isReady) {
        manifest(phase, isReady).writeTo(context.settings().runtimeManifests());
    }

    private PodManifest manifest(String phase, boolean isReady) {
        String host = context.capture().controlAddress();
        return new PodManifest(name, workload, place.address(), host, startedAt, phase, isReady);
    }

    private void say(String line) {
        context.listener().said(name + ": " + line);
    }

    /// Says when a container ends and what happens next.
    private final class Announcer implements Supervised.Listener {
        private final String container;

        private Announcer(String container) {
            this.container = container;
        }

        @Override
        public void started(Child child) {}

        @Override
        public void ended(Child child, int status, Duration nextStartIn) {
            say(container + " ended with status " + status + ", starting again "
                    + (nextStartIn.isZero() ? "now" : "in " + nextStartIn.toSeconds() + " s"));
        }

        @Override
        public void notStarted(String reason) {
            say(container + " cannot be started: " + reason);
        }
    }
}
