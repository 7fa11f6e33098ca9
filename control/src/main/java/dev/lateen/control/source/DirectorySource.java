package dev.lateen.control.source;

import dev.lateen.control.source.DirectoryScan.Stamp;
import dev.lateen.control.source.FileNotices.Noticed;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches directories and files and reports what changes in them, as checked resources.
///
/// A file is read once it has stood still for `SETTLE`, so that a writer that takes several steps is not caught
/// between them. One that is suddenly empty is taken for half written until `EMPTY_GRACE` has passed. The kernel's
/// notices say where to look; what has changed there is found by comparing, and a look at everything each `RESCAN`,
/// or less often where there is much to look at, catches what notices miss (network file systems, overflow).
///
/// Limits: 16 MiB a file.
///
/// Thread: its own; reports come from it in order, the first of them with everything there is.
public final class DirectorySource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);
    private static final Duration SETTLE = Duration.ofMillis(15);
    private static final Duration RESCAN = Duration.ofSeconds(2);
    /// A look at everything may take this part of the time: a thousandth.
    private static final int RESCAN_SHARE = 1000;

    private static final Duration EMPTY_GRACE = Duration.ofSeconds(2);
    private static final Duration LONGEST_SETTLE = Duration.ofMillis(500);
    private static final long MAX_BYTES = 16L << 20;
    /// Leaves each file room for that many resources in the order of loading.
    private static final int ORDER_STEP = 1 << 20;

    private final List<Path> roots;
    private final ResourceReader reader;
    private final Consumer<List<ConfigFile>> changes;
    private final FileNotices notices;
    private final boolean onlyDirectories;
    private final Thread thread;
    private final Map<Path, Stamp> known = new HashMap<>();
    private final Map<Path, Long> emptySince = new HashMap<>();
    private final Map<Path, Long> orders = new HashMap<>();
    private Set<Path> reported = Set.of();
    private boolean first = true;
    /// Whether files stand behind links, which change without a notice of their own name.
    private boolean linked;
    private long nextScan = System.nanoTime();

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
        this.onlyDirectories = this.roots.stream().allMatch(Files::isDirectory);
        this.notices = new FileNotices();
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
        Noticed noticed = Noticed.EVERYTHING;
        try {
            while (true) {
                try {
                    look(noticed);
                } catch (RuntimeException | VirtualMachineError e) {
                    LOG.atError().setCause(e).log("looking at the configuration failed");
                }
                noticed = notices.await(Duration.ofNanos(nextScan - System.nanoTime()));
            }
        } catch (ClosedWatchServiceException _) {
            // Closed: the end.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Noticed noticed) throws InterruptedException {
        boolean scan = noticed.everything() || (noticed.hidden() && linked) || !onlyDirectories;
        if (scan || System.nanoTime() - nextScan >= 0) {
            lookAtAll();
        } else if (!noticed.files().isEmpty()) {
            lookAt(new TreeSet<>(noticed.files()));
        }
    }

    private void lookAtAll() throws InterruptedException {
        long start = System.nanoTime();
        DirectoryScan scan = settled();
        linked = scan.linked();
        Set<Path> gone = new HashSet<>(known.keySet());
        gone.removeAll(scan.files().keySet());
        List<ConfigFile> news = changes(gone, scan.files());
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
        long end = System.nanoTime();
        nextScan = end + Math.max(RESCAN.toNanos(), emptySince.isEmpty() ? (end - start) * RESCAN_SHARE : 0);
        if (!news.isEmpty() || first) {
            first = false;
            changes.accept(news);
        }
    }

    /// Looks at no more than what notices named, once it stands still.
    private void lookAt(Set<Path> named) throws InterruptedException {
        Map<Path, Stamp> stamps = DirectoryScan.stamps(named);
        if (named.stream().allMatch(file -> Objects.equals(stamps.get(file), known.get(file)))) {
            return;
        }
        Map<Path, Stamp> seen = stamps;
        long deadline = System.nanoTime() + LONGEST_SETTLE.toNanos();
        while (true) {
            Thread.sleep(SETTLE);
            Noticed more = notices.poll();
            if (more.everything() || (more.hidden() && linked)) {
                lookAtAll();
                return;
            }
            named.addAll(more.files());
            Map<Path, Stamp> again = DirectoryScan.stamps(named);
            boolean still = again.equals(seen);
            seen = again;
            if (still || System.nanoTime() > deadline) {
                break;
            }
        }
        Set<Path> gone = new HashSet<>(named);
        gone.retainAll(known.keySet());
        gone.removeAll(seen.keySet());
        List<ConfigFile> news = changes(gone, seen);
        if (!news.isEmpty()) {
            changes.accept(news);
        }
    }

    private List<ConfigFile> changes(Set<Path> gone, Map<Path, Stamp> present) {
        List<ConfigFile> news = new ArrayList<>();
        // First what goes, so that a renamed file does not collide with itself.
        for (Path file : gone) {
            known.remove(file);
            emptySince.remove(file);
            news.add(new ConfigFile.Gone(file.toString()));
        }
        present.forEach((file, stamp) -> {
            if (!stamp.equals(known.get(file)) && mayRead(file, stamp)) {
                read(file).ifPresent(news::add);
                known.put(file, stamp);
            }
        });
        if (!emptySince.isEmpty()) {
            nextScan = Math.min(nextScan, System.nanoTime() + RESCAN.toNanos());
        }
        return news;
    }

    /// Scans until two scans in a row agree. Directories are watched before they are listed again, so that nothing
    /// falls between.
    private DirectoryScan settled() throws InterruptedException {
        DirectoryScan scan = DirectoryScan.of(roots);
        notices.watch(scan.directories());
        long deadline = System.nanoTime() + LONGEST_SETTLE.toNanos();
        while (true) {
            boolean changed = !scan.files().equals(known);
            if (!changed && !first) {
                return scan;
            }
            Thread.sleep(SETTLE);
            notices.poll();
            DirectoryScan again = DirectoryScan.of(roots);
            notices.watch(again.directories());
            if (again.files().equals(scan.files()) || System.nanoTime() > deadline) {
                return again;
            }
            scan = again;
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
