package dev.lateen.control.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The kernel's notices of what may have changed in directories, so that one changed file costs a look at one file.
///
/// Errors: `ClosedWatchServiceException` after `close`.
///
/// Thread: the one of `DirectorySource`; `close` from any.
final class FileNotices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileNotices.class);

    private final WatchService service;
    private final Map<Path, WatchKey> watched = new HashMap<>();

    FileNotices() throws IOException {
        service = FileSystems.getDefault().newWatchService();
    }

    /// What to look at.
    ///
    /// @param files configuration files that may have changed, come or gone
    /// @param hidden something else changed that only matters to links
    /// @param everything which files is not known
    record Noticed(Set<Path> files, boolean hidden, boolean everything) {
        static final Noticed NOTHING = new Noticed(Set.of(), false, false);
        static final Noticed EVERYTHING = new Noticed(Set.of(), false, true);

        boolean isNothing() {
            return files.isEmpty() && !hidden && !everything;
        }
    }

    /// Waits for notices, at most that long.
    Noticed await(Duration longest) throws InterruptedException {
        return collect(service.poll(Math.max(0, longest.toMillis()), TimeUnit.MILLISECONDS));
    }

    /// What has been noticed meanwhile.
    Noticed poll() {
        return collect(service.poll());
    }

    /// Watches exactly these.
    void watch(Set<Path> directories) {
        watched.entrySet().removeIf(entry -> {
            boolean gone = !directories.contains(entry.getKey());
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        for (Path directory : directories) {
            if (!watched.containsKey(directory)) {
                register(directory);
            }
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }

    private void register(Path directory) {
        try {
            watched.put(
                    directory,
                    directory.register(
                            service,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("reason", e.getMessage())
                    .log("a directory cannot be watched; it is looked at every few seconds");
        }
    }

    private Noticed collect(@Nullable WatchKey first) {
        if (first == null) {
            return Noticed.NOTHING;
        }
        Set<Path> files = new HashSet<>();
        boolean hidden = false;
        boolean everything = false;
        for (WatchKey key = first; key != null; key = service.poll()) {
            for (WatchEvent<?> event : key.pollEvents()) {
                if (!(event.context() instanceof Path name) || !(key.watchable() instanceof Path directory)) {
                    everything = true; // The queue ran over.
                    continue;
                }
                Path path = directory.resolve(name);
                if (ConfigNames.isHidden(name.toString())) {
                    hidden = true;
                } else if (watched.containsKey(path) || Files.isDirectory(path)) {
                    everything = true;
                } else if (ConfigNames.isConfig(name.toString())) {
                    files.add(path);
                }
            }
            if (!key.reset()) {
                WatchKey lost = key;
                watched.values().removeIf(watch -> watch.equals(lost));
                everything = true;
            }
        }
        return new Noticed(files, hidden, everything);
    }
}
