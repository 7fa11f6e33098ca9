package dev.lateen.local;

import dev.lateen.local.capture.Capture;
import dev.lateen.local.process.Child;
import dev.lateen.local.process.ChildCommand;
import dev.lateen.local.process.Children;
import dev.lateen.local.process.Supervised;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The mesh's control plane, a process of its own: it may die without taking the mesh with it, and is started again.
///
/// Thread: any.
public final class LocalControlPlane {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final MeshSettings settings;
    private final ControlPorts ports;
    private final Supervised process;
    private final MeshListener listener;

    LocalControlPlane(
            MeshSettings settings, ControlPorts ports, Capture capture, Children children, MeshListener listener) {
        this.settings = settings;
        this.ports = ports;
        this.listener = listener;
        this.process = new Supervised(children, () -> command(capture), new Announcer());
    }

    ControlPorts ports() {
        return ports;
    }

    Path stateDirectory() {
        return settings.home().resolve("control-plane");
    }

    public Path log() {
        return settings.logs().resolve("control-plane.log");
    }

    void start() {
        process.start();
    }

    /// Waits until it serves; false when it does not in that time.
    public boolean awaitReady(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(Duration.ofMillis(50));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /// Its ports open once the configuration is loaded.
    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(ports.address(), ControlPorts.TLS), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Kills it as a crash would; the supervision starts it again.
    public void crash() {
        process.crash();
    }

    /// How often it has been started again.
    public int restarts() {
        return process.restarts();
    }

    void stop() {
        process.stop(GRACE);
    }

    private ChildCommand command(Capture capture) {
        List<String> words = new ArrayList<>(List.of(settings.launcher().toString(), "control-plane"));
        for (Path path : settings.paths()) {
            words.addAll(List.of("--config", path.toString()));
        }
        words.addAll(List.of("--config", settings.runtimeManifests().toString()));
        words.addAll(List.of("--state", stateDirectory().toString(), "--address", ports.address()));
        words.addAll(List.of("--trust-domain", settings.trustDomain()));
        // These manifests have not been through an API server.
        words.add("--assign-cluster-ips");
        return ChildCommand.of("control-plane", words, settings.home(), log())
                .withEnvironment(Map.of("LATEEN_NO_BUILD", "1"))
                .without(List.of("LATEEN_COMMAND"))
                .within(capture.controlPrefix());
    }

    /// Says when the control plane ends and what happens next.
    private final class Announcer implements Supervised.Listener {
        @Override
        public void started(Child child) {}

        @Override
        public void ended(Child child, int exit, Duration nextStartIn) {
            listener.said("the control plane ended with status " + exit + " (see " + log() + "), starting again "
                    + (nextStartIn.isZero() ? "now" : "in " + nextStartIn.toSeconds() + " s"));
        }

        @Override
        public void notStarted(String reason) {
            listener.said("the control plane cannot be started: " + reason);
        }
    }
}
