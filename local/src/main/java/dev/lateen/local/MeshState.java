package dev.lateen.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// What a running mesh leaves on disk, so that other commands find it.
///
/// @param pid the process that runs it
/// @param startedAt of that process: a pid alone may have been given to another since
/// @param debugAddress the control plane's debug API, as `host:port`
/// @param manifests the files and directories that it was made from
public record MeshState(
        String name,
        Path home,
        long pid,
        Instant startedAt,
        String capture,
        String proxy,
        String debugAddress,
        List<Path> manifests) {
    static final String LOGS = "logs";
    private static final String FILE = "mesh.properties";

    /// The meshes below a directory whose processes live, in the order of their names.
    public static List<MeshState> running(Path runDirectory) {
        List<MeshState> found = new ArrayList<>();
        try (Stream<Path> homes = Files.list(runDirectory)) {
            homes.sorted().forEach(home -> read(home).filter(MeshState::alive).ifPresent(found::add));
        } catch (IOException _) {
            return List.of(); // nothing has ever run here
        }
        return found;
    }

    public static Optional<MeshState> read(Path home) {
        Properties read = new Properties();
        try (InputStream stream = Files.newInputStream(home.resolve(FILE))) {
            read.load(stream);
            return Optional.of(new MeshState(
                    read.getProperty("name", ""),
                    home,
                    Long.parseLong(read.getProperty("pid", "0")),
                    Instant.parse(read.getProperty("startedAt", "1970-01-01T00:00:00Z")),
                    read.getProperty("capture", ""),
                    read.getProperty("proxy", ""),
                    read.getProperty("debugAddress", ""),
                    read.getProperty("manifests", "").lines().map(Path::of).toList()));
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    /// What its programs write, a file each.
    public Path logs() {
        return home.resolve(LOGS);
    }

    /// Describes a mesh that the present process runs.
    static MeshState ofThisProcess(MeshSettings settings, String debugAddress) {
        ProcessHandle self = ProcessHandle.current();
        return new MeshState(
                settings.name(),
                settings.home(),
                self.pid(),
                self.info().startInstant().orElse(Instant.EPOCH),
                settings.capture().name(),
                settings.proxy().name(),
                debugAddress,
                settings.paths());
    }

    void write() throws IOException {
        Properties all = new Properties();
        all.setProperty("name", name);
        all.setProperty("pid", Long.toString(pid));
        all.setProperty("startedAt", startedAt.toString());
        all.setProperty("capture", capture);
        all.setProperty("proxy", proxy);
        all.setProperty("debugAddress", debugAddress);
        all.setProperty(
                "manifests",
                String.join("\n", manifests.stream().map(Path::toString).toList()));
        Path fresh = home.resolve("." + FILE);
        try (OutputStream stream = Files.newOutputStream(fresh)) {
            all.store(stream, "a mesh on this machine");
        }
        Files.move(fresh, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void delete() throws IOException {
        Files.deleteIfExists(home.resolve(FILE));
    }

    public boolean alive() {
        return process().isPresent();
    }

    /// Asks the mesh to end and waits for it; false when it still runs after that time.
    public boolean stop(Duration wait) {
        Optional<ProcessHandle> process = process();
        if (process.isEmpty()) {
            return true;
        }
        process.get().destroy();
        try {
            process.get().onExit().get(wait.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The address of a pod's proxy, by the pod's name with or without its namespace.
    public Optional<String> podAddress(String pod, String namespace) {
        String directory = pod.contains(".") ? pod : pod + "." + namespace;
        try {
            return Optional.of(
                    Files.readString(home.resolve("pods").resolve(directory).resolve("address"))
                            .strip());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// The pods that have a proxy, as `name.namespace`.
    public List<String> pods() {
        try (Stream<Path> directories = Files.list(home.resolve("pods"))) {
            return directories
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    private Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(one -> one.info().startInstant().map(startedAt::equals).orElse(true));
    }
}
