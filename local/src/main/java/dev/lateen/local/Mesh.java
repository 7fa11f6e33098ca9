package dev.lateen.local;

import dev.lateen.local.MeshSettings.CaptureMode;
import dev.lateen.local.capture.Capture;
import dev.lateen.local.capture.ExplicitCapture;
import dev.lateen.local.capture.Place;
import dev.lateen.local.capture.TransparentCapture;
import dev.lateen.local.manifest.ImpliedGateways;
import dev.lateen.local.manifest.ImpliedGateways.ImpliedGateway;
import dev.lateen.local.manifest.ManifestSet;
import dev.lateen.local.manifest.Manifests;
import dev.lateen.local.manifest.ServiceNames;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.process.Children;
import dev.lateen.model.diagnostic.Diagnostic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A mesh on this machine: a control plane, and for each replica of each workload a pod of local processes.
///
/// The manifests are watched: pods come, go and are replaced as they change; the control plane watches the same files
/// for everything else. All ends when this process ends.
///
/// Thread: `start`, `close` and the questions from any; changes are made by one virtual thread.
public final class Mesh implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Mesh.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);
    private static final Duration REPLACEMENT_WAIT = Duration.ofSeconds(60);

    private final MeshSettings settings;
    private final MeshListener listener;
    private final Manifests manifests;
    private final Manifests runtimeManifests;
    private final Children children = new Children();
    private final Capture capture;
    private final LocalControlPlane controlPlane;
    private final PodContext context;
    private final GatewayManifests gateways;
    private final Map<String, LocalPod> pods = new ConcurrentSkipListMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch firstPodsStarted = new CountDownLatch(1);

    public Mesh(MeshSettings settings, MeshListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.manifests = new Manifests(settings.paths());
        this.runtimeManifests = new Manifests(List.of(settings.runtimeManifests()));
        this.capture = settings.capture() == CaptureMode.EXPLICIT
                ? new ExplicitCapture(settings.name())
                : new TransparentCapture(settings.name(), children, settings.home());
        ControlPorts ports = new ControlPorts(capture.controlAddress());
        this.controlPlane = new LocalControlPlane(settings, ports, capture, children, listener);
        this.gateways = new GatewayManifests(settings.runtimeManifests(), capture);
        this.context = new PodContext(
                settings,
                children,
                capture,
                new ProxyEnvironment(settings, capture, ports),
                new Identities(controlPlane.stateDirectory(), settings.trustDomain(), InstantSource.system()),
                listener);
    }

    /// Starts the control plane and, behind it, the pods.
    ///
    /// @throws IllegalStateException when something of the machine refuses; the message says what and why
    public Mesh start() {
        prepareHome();
        controlPlane.start();
        if (!controlPlane.awaitReady(Duration.ofSeconds(60))) {
            throw new IllegalStateException("the control plane is not ready after 60 s, see " + controlPlane.log());
        }
        Thread.ofVirtual().name("mesh " + settings.name()).start(this::followManifests);
        return this;
    }

    /// Waits until every pod is ready; false when they are not in that time.
    public boolean awaitReady(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try {
            if (!firstPodsStarted.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            while (!pods.values().stream().allMatch(LocalPod::ready)) {
                if (System.nanoTime() > deadline || closing.await(50, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The pods and whether they are ready, in the order of their names.
    public List<PodView> podViews() {
        return pods.values().stream()
                .map(pod -> new PodView(
                        pod.name(),
                        pod.workload().namespace(),
                        pod.workload().name(),
                        pod.workload().labels(),
                        pod.place(),
                        pod.ready()))
                .toList();
    }

    /// A pod for those who look on.
    public record PodView(
            String name, String namespace, String workload, Map<String, String> labels, Place place, boolean ready) {
        public String address() {
            return place.address();
        }
    }

    /// Where the gateways are, a line for each port.
    public List<String> gatewayLines() {
        return gateways.ports()
                .flatMap(port -> gatewayAddress(port).stream()
                        .map(address -> "gateway port " + port + " is at " + gatewayLocation(port, address)))
                .toList();
    }

    /// What other ports than these two speak is for who declared them to know.
    private static String gatewayLocation(int port, String address) {
        if (port != 80 && port != 443) {
            return address;
        }
        return (port == 443 ? "https://" : "http://") + address + "/ (send the Host header that it serves)";
    }

    /// The address under which this machine reaches a gateway port, as `host:port`.
    public Optional<String> gatewayAddress(int declared) {
        return gateways.addressOf(declared, podViews());
    }

    public LocalControlPlane controlPlane() {
        return controlPlane;
    }

    /// Ends everything, applications first. Returns when no process is left.
    @Override
    public void close() {
        closing.countDown();
        stopPods(List.copyOf(pods.values()));
        controlPlane.stop();
        capture.close();
        children.close();
        try {
            MeshState.read(settings.home()).ifPresent(Mesh::forget);
            FileTrees.delete(settings.runtimeManifests());
            FileTrees.delete(settings.pods());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void forget(MeshState state) {
        try {
            state.delete();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void prepareHome() {
        try {
            Files.createDirectories(settings.home());
            for (Path directory : List.of(settings.runtimeManifests(), settings.pods(), settings.logs())) {
                FileTrees.delete(directory);
                Files.createDirectories(directory);
            }
            MeshState.ofThisProcess(settings, controlPlane.ports().debug()).write();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void followManifests() {
        Map<Path, FileTime> seen = Map.of();
        Map<Path, FileTime> seenOfRuntime = Map.of();
        ManifestSet set = ManifestSet.EMPTY;
        do {
            Map<Path, FileTime> now = manifests.versions();
            Map<Path, FileTime> nowOfRuntime = runtimeManifests.versions();
            boolean edited = !now.equals(seen);
            if (edited || !nowOfRuntime.equals(seenOfRuntime)) {
                seen = now;
                seenOfRuntime = nowOfRuntime;
                try {
                    set = edited ? manifests.load() : set;
                    showServices(set);
                    if (edited) {
                        apply(set);
                    }
                } catch (RuntimeException failure) {
                    listener.said("the manifests could not be applied: " + failure.getMessage());
                }
            }
            firstPodsStarted.countDown();
            refreshRoots();
        } while (!isClosingWithin(LOOK_EVERY));
    }

    private void refreshRoots() {
        try {
            context.identities().refresh(settings.pods());
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "the pods'' roots cannot be refreshed: {0}", failure.toString());
        }
    }

    /// Pods come and go with what this mesh writes itself, and headless services with them.
    private void showServices(ManifestSet set) {
        capture.showServices(ServiceNames.of(set.and(runtimeManifests.load()))::in);
    }

    private void apply(ManifestSet set) {
        if (Diagnostic.anyError(set.diagnostics())) {
            // A half-written file must not stop what runs; the control plane says what is wrong with it.
            listener.said("some manifests have errors, their workloads stay as they are");
        }
        List<ImpliedGateway> implied = ImpliedGateways.of(set);
        boolean running = !pods.isEmpty();
        List<String> before = gatewayLines();
        gateways.write(implied, set);
        Map<String, WorkloadSpec> wanted = new LinkedHashMap<>();
        Stream.concat(implied.stream().map(ImpliedGateway::workload), set.workloads().stream())
                .forEach(workload -> addPods(workload, wanted));
        List<LocalPod> started = new ArrayList<>();
        List<WorkloadSpec> placeless = new ArrayList<>();
        wanted.forEach((name, workload) -> {
            if (!pods.containsKey(name)) {
                made(name, workload)
                        .ifPresentOrElse(
                                pod -> {
                                    pods.put(name, pod);
                                    pod.start();
                                    started.add(pod);
                                },
                                () -> placeless.add(workload));
            }
        });
        List<LocalPod> unwanted = pods.values().stream()
                .filter(pod -> !wanted.containsKey(pod.name()))
                .filter(pod -> placeless.stream().noneMatch(pod.workload()::isVersionOf))
                .filter(pod -> !Diagnostic.anyError(set.diagnostics()) || replaced(pod, started))
                .toList();
        if (!unwanted.isEmpty()) {
            awaitReplacements(started);
            stopPods(unwanted);
        }
        if (running) {
            // The pod that takes a gateway's place has an address of its own.
            gatewayLines().stream().filter(line -> !before.contains(line)).forEach(listener::said);
        }
    }

    /// One that has no place here must not keep the others from theirs; those that it was to replace stay.
    private Optional<LocalPod> made(String name, WorkloadSpec workload) {
        try {
            return Optional.of(new LocalPod(name, workload, context));
        } catch (IllegalStateException failure) {
            listener.said("pod " + name + " cannot be started: " + failure.getMessage());
            return Optional.empty();
        }
    }

    private static boolean replaced(LocalPod old, List<LocalPod> started) {
        return started.stream().anyMatch(pod -> pod.workload().isVersionOf(old.workload()));
    }

    private static void addPods(WorkloadSpec workload, Map<String, WorkloadSpec> wanted) {
        for (int i = 0; i < workload.replicas(); i++) {
            wanted.put(workload.name() + "-" + workload.fingerprint() + "-" + i, workload);
        }
    }

    /// A new version of a workload takes over before the old one goes; one that never gets ready does not keep it
    /// forever.
    private void awaitReplacements(List<LocalPod> started) {
        long deadline = System.nanoTime() + REPLACEMENT_WAIT.toNanos();
        while (!started.stream().allMatch(LocalPod::ready) && System.nanoTime() < deadline) {
            if (isClosingWithin(Duration.ofMillis(50))) {
                return;
            }
        }
    }

    private void stopPods(List<LocalPod> ending) {
        ending.forEach(LocalPod::stop);
        ending.forEach(LocalPod::awaitStopped);
        ending.forEach(pod -> pods.remove(pod.name(), pod));
    }

    private boolean isClosingWithin(Duration time) {
        try {
            return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
