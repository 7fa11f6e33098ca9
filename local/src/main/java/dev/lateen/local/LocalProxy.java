package dev.lateen.local;

import dev.lateen.local.MeshSettings.ProxyKind;
import dev.lateen.local.capture.Place;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.local.process.Child;
import dev.lateen.local.process.ChildCommand;
import dev.lateen.local.process.ChildCommand.RunAs;
import dev.lateen.local.process.Children;
import dev.lateen.local.process.OpenToAll;
import dev.lateen.local.process.Supervised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The proxy of a pod: its directory with the identity it may ask a certificate for, its process, its readiness.
///
/// Thread: the pod's.
final class LocalProxy {
    private static final System.Logger LOG = System.getLogger(LocalProxy.class.getName());
    private static final int ADMIN_PORT = 15000;
    private static final int STATUS_PORT = 15021;
    private static final int AGENT_PORT = 15020;
    private static final String BOOTSTRAP = "etc/istio/proxy/grpc-bootstrap.json";
    private static final String STATUS_PATH = "/healthz/ready";
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(1);
    private static final int FAILURE_THRESHOLD = 4;

    private final String podName;
    private final WorkloadSpec workload;
    private final Place place;
    private final PodContext context;
    private final Path directory;
    private final Supervised process;
    private final HttpStatus status;
    private final HttpStatus admin;
    /// Of the last looks, in a row; nothing is ready at the start.
    private int misses = FAILURE_THRESHOLD;

    LocalProxy(String podName, WorkloadSpec workload, Place place, PodContext context) {
        this.podName = podName;
        this.workload = workload;
        this.place = place;
        this.context = context;
        this.directory = context.settings().pods().resolve(podName + "." + workload.namespace());
        this.process = new Supervised(context.children(), this::command, new Announcer());
        int statusPort = workload.role() == Role.PROXYLESS ? AGENT_PORT : STATUS_PORT;
        this.status = new HttpStatus(place.address(), statusPort, place.probeSource(), STATUS_TIMEOUT);
        this.admin = new HttpStatus(place.address(), ADMIN_PORT, place.probeSource(), STATUS_TIMEOUT);
    }

    void start() {
        try {
            Files.createDirectories(directory);
            context.identities().provide(directory, workload);
            Files.writeString(directory.resolve("address"), place.address() + "\n");
            place.proxyUser().ifPresent(this::giveTo);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        process.start();
    }

    /// The proxy writes into its directory, and only it may read its token.
    private void giveTo(RunAs user) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", user.uid());
                Files.setAttribute(path, "unix:gid", user.gid());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Whether it serves: it has its certificate and its first configuration. Once it did, it takes several misses in
    /// a row, as of Istio's own readiness probe: a machine that is busy for a second must not end all traffic.
    boolean isReady() {
        if (status.of(STATUS_PATH) == 200 || admin.of("/ready") == 200) {
            misses = 0;
        } else {
            misses = Math.min(misses + 1, FAILURE_THRESHOLD);
        }
        return misses < FAILURE_THRESHOLD;
    }

    /// What an application that speaks xDS itself has to know.
    Map<String, String> applicationEnvironment() {
        return Map.of(
                "GRPC_XDS_BOOTSTRAP",
                directory.resolve(BOOTSTRAP).toAbsolutePath().toString(),
                "GRPC_XDS_EXPERIMENTAL_SECURITY_SUPPORT",
                "true");
    }

    Supervised process() {
        return process;
    }

    /// Ends it. Its directory goes with it: that is how verbs tell which pods there are, and its token is in there.
    void stop(Duration grace) {
        process.stop(grace);
        try {
            FileTrees.delete(directory);
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be removed: {1}", directory, failure.toString());
        }
    }

    private ChildCommand command() {
        ProxyKind kind = kind();
        List<String> words = switch (kind) {
            case LATEEN -> List.of(context.settings().launcher().toString(), "proxy", type());
            case ENVOY -> List.of(context.settings().launcher().toString(), "agent", type());
        };
        Map<String, String> environment = new TreeMap<>(context.environment().of(podName, workload, place));
        environment.put("LATEEN_NO_BUILD", "1");
        Path log = context.settings().logs().resolve(podName + ".istio-proxy.log");
        ChildCommand command = ChildCommand.of(podName + "/istio-proxy", words, directory, log)
                .withEnvironment(environment)
                .without(List.of("HTTP_PROXY", "http_proxy", "LATEEN_COMMAND"))
                .within(place.prefix());
        return place.proxyUser()
                .map(user -> command.runAs(asReaderOf(kind, user)))
                .orElse(command);
    }

    /// Whose program it is: where there is no proxy, the agent's, which serves Envoy elsewhere.
    private ProxyKind kind() {
        return workload.role() == Role.PROXYLESS
                ? ProxyKind.ENVOY
                : context.settings().proxyOf(workload);
    }

    /// Our proxy's program is one file below our home; the agent's are this process's own, wherever Maven
    /// keeps them.
    private static RunAs asReaderOf(ProxyKind kind, RunAs user) {
        return switch (kind) {
            case LATEEN -> user;
            case ENVOY -> {
                boolean open = OpenToAll.reachesAll(System.getProperty("java.class.path"))
                        && Children.onPath("envoy").map(OpenToAll::reaches).orElse(true);
                yield open ? user : user.readingEverything();
            }
        };
    }

    private String type() {
        return switch (workload.role()) {
            case GATEWAY -> "router";
            case PROXYLESS -> "grpc";
            case SIDECAR, NONE -> "sidecar";
        };
    }

    /// Says when the proxy ends and what happens next.
    private final class Announcer implements Supervised.Listener {
        @Override
        public void started(Child child) {}

        @Override
        public void ended(Child child, int exit, Duration nextStartIn) {
            context.listener()
                    .said(podName + ": its proxy ended with status " + exit + " (see "
                            + context.settings().logs().resolve(podName + ".istio-proxy.log") + "), starting again "
                            + (nextStartIn.isZero() ? "now" : "in " + nextStartIn.toSeconds() + " s"));
        }

        @Override
        public void notStarted(String reason) {
            context.listener().said(podName + ": its proxy cannot be started: " + reason);
        }
    }
}
