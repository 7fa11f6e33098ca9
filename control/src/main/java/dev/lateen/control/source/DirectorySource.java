package dev.lateen.control.source;

import dev.lateen.control.source.DirectoryScan.Stamp;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches directories and files and reports what changes in them, as checked resources.
///
/// A file is read once it has stood still for `SETTLE`, so that a writer that takes several steps is not caught
/// between
/// them. One that is suddenly empty is taken for half written until `EMPTY_GRACE` has passed. The kernel's notices say
/// when to look; what has changed is found by comparing, and a look without notice each `RESCAN` catches what notices
/// miss (network file systems, overflow).
///
/// Limits: 16 MiB a file.
///
/// Thread: its own; reports come from it in order, the first of them with everything there is.
public final class DirectorySource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);
    private static final Duration SETTLE = Duration.ofMillis(15);
    private static final Duration RESCAN = Duration.ofSeconds(2);
    private static final Duration EMPTY_GRACE = Duration.ofSeconds(2);
    private static final Duration LONGEST_SETTLE = Duration.ofMillis(500);
    private static final long MAX_BYTES = 16L << 20;
    /// Leaves each file room for that many resources in the order of loading.
    private static final int ORDER_STEP = 1 << 20;

    private final List<Path> roots;
    private final ResourceReader reader;
    private final Consumer<List<ConfigFile>> changes;
    private final WatchService notices;
    private final Thread thread;
    private final Map<Path, Stamp> known = new HashMap<>();
    private final Map<Path, Long> emptySince = new HashMap<>();
    private final Map<Path, Long> orders = new HashMap<>();
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private Set<Path> reported = Set.of();
    private boolean first = true;

    /// @param changes gets the first, possibly empty, report soon after `start`
    public DirectorySource(List<Path> roots, ResourceReader reader, Consumer<List<ConfigFile>> changes)
            throws IOException {
        this.roots = List.copyOf(roots);
        this.reader = reader;
        this.changes = changes;
        for (Path root : roots) {
            if (!Files.exists(root)) {
                throw new NoSuchFileException(root.toString());
            }
        }
        this.notices = FileSystems.getDefault().newWatchService();
        this.thread = Thread.ofPlatform().name("config-directory").daemon(true).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() throws IOException {
        notices.close();
    }

    private void run() {
        try {
            while (true) {
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.atError().setCause(e).log("looking at the configuration failed");
                }
                WatchKey key = notices.poll(RESCAN.toMillis(), TimeUnit.MILLISECONDS);
                if (key != null) {
                    drain(key);
                }
            }
        } catch (ClosedWatchServiceException _) {
            // Closed: the end.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain(@Nullable WatchKey key) {
        for (WatchKey next = key; next != null; next = notices.poll()) {
            next.pollEvents();
            if (!next.reset()) {
                WatchKey lost = next;
                watched.values().removeIf(watch -> watch.equals(lost));
            }
        }
    }

    private void look() throws InterruptedException {
        DirectoryScan scan = settled();
        List<ConfigFile> news = new ArrayList<>();
        Set<Path> gone = new HashSet<>(known.keySet());
        gone.removeAll(scan.files().keySet());
        // First what goes, so that a renamed file does not collide with itself.
        for (Path file : gone) {
            known.remove(file);
            emptySince.remove(file);
            news.add(new ConfigFile.Gone(file.toString()));
        }
        scan.files().forEach((file, stamp) -> {
            if (!stamp.equals(known.get(file)) && mayRead(file, stamp)) {
                read(file).ifPresent(news::add);
                known.put(file, stamp);
            }
        });
        scan.problems().forEach((path, problem) -> {
            if (!reported.contains(path)) {
                news.add(new ConfigFile.Unreadable(path.toString(), problem));
            }
        });
        for (Path path : reported) {
            if (!scan.problems().containsKey(path)) {
                news.add(new ConfigFile.Gone(path.toString()));
            }
        }
        reported = Set.copyOf(scan.problems().keySet());
        if (!news.isEmpty() || first) {
            first = false;
            changes.accept(news);
        }
    }

    /// Scans until two scans in a row agree. Directories are watched before they are listed again, so that nothing
    /// falls
    /// between.
    private DirectoryScan settled() throws InterruptedException {
        DirectoryScan scan = DirectoryScan.of(roots);
        watch(scan.directories());
        long deadline = System.nanoTime() + LONGEST_SETTLE.toNanos();
        while (true) {
            boolean changed = !scan.files().equals(known);
            if (!changed && !first) {
                return scan;
            }
            Thread.sleep(SETTLE);
            drain(notices.poll());
            DirectoryScan again = DirectoryScan.of(roots);
            watch(again.directories());
            if (again.files().equals(scan.files()) || System.nanoTime() > deadline) {
                return again;
            }
            scan = again;
        }
    }

    private void watch(Set<Path> directories) {
        watched.entrySet().removeIf(entry -> {
            boolean gone = !directories.contains(entry.getKey());
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        for (Path directory : directories) {
            if (!watched.containsKey(directory)) {
                try {
                    watched.put(
                            directory,
                            directory.register(
                                    notices,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_MODIFY,
                                    StandardWatchEventKinds.ENTRY_DELETE));
                } catch (IOException e) {
                    LOG.atWarn()
                            .addKeyValue("directory", directory)
                            .addKeyValue("reason", e.getMessage())
                            .log("a directory cannot be watched; it is looked at every two seconds");
                }
            }
        }
    }

    private boolean mayRead(Path file, Stamp stamp) {
        if (stamp.size() > 0 || !known.containsKey(file)) {
            emptySince.remove(file);
            return true;
        }
        long now = System.nanoTime();
        long since = emptySince.computeIfAbsent(file, _ -> now);
        return now - since >= EMPTY_GRACE.toNanos();
    }

    private Optional<ConfigFile> read(Path file) {
        String name = file.toString();
        try {
            if (Files.size(file) > MAX_BYTES) {
                return Optional.of(new ConfigFile.Unreadable(name, "larger than 16 MiB"));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            long order = orders.computeIfAbsent(file, _ -> (long) orders.size() * ORDER_STEP);
            List<ParsedResource> resources = reader.read(text, name, order);
            return Optional.of(new ConfigFile.Present(name, resources));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (CharacterCodingException _) {
            return Optional.of(new ConfigFile.Unreadable(name, "not UTF-8"));
        } catch (IOException e) {
            return Optional.of(new ConfigFile.Unreadable(
                    name, "cannot be read: " + e.getClass().getSimpleName()));
        }
    }
}
