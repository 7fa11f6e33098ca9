package dev.lateen.control.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is on disk at one moment: configuration files with what tells that one has changed.
///
/// Limits: 16 levels of directories, 100,000 files; links to directories are followed within that depth.
///
/// @param files in the order of their paths
/// @param directories to be watched
/// @param problems directories that cannot be read
/// @param links those of the files and directories that are links
record DirectoryScan(Map<Path, Stamp> files, Set<Path> directories, Map<Path, String> problems, Set<Path> links) {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_FILES = 100_000;

    /// Differs when a file was written or replaced.
    record Stamp(long modifiedNanos, long size, String identity) {
        static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    attributes.size(),
                    String.valueOf(attributes.fileKey()));
        }
    }

    /// @param roots directories, or single files, which need no special ending
    static DirectoryScan of(List<Path> roots) {
        DirectoryScan scan = new DirectoryScan(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new TreeSet<>());
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                scan.directory(root, 0);
            } else {
                scan.entry(root, true, 0);
                Path parent = root.toAbsolutePath().getParent();
                if (parent != null && Files.isDirectory(parent)) {
                    scan.directories.add(parent);
                }
            }
        }
        return scan;
    }

    private void directory(Path directory, int depth) {
        if (depth > MAX_DEPTH) {
            problems.put(directory, "directories are nested more than " + MAX_DEPTH + " levels deep");
            return;
        }
        directories.add(directory);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (ConfigNames.isHidden(name)) {
                    continue;
                }
                entry(entry, ConfigNames.isConfig(name), depth);
            }
        } catch (UncheckedIOException | IOException e) {
            if (Files.exists(directory)) {
                problems.put(directory, "cannot be listed: " + e.getMessage());
            }
        }
    }

    private void entry(Path entry, boolean config, int depth) {
        try {
            BasicFileAttributes own = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            BasicFileAttributes attributes = own;
            if (own.isSymbolicLink()) {
                links.add(entry);
                attributes = Files.readAttributes(entry, BasicFileAttributes.class);
            }
            if (attributes.isDirectory()) {
                directory(entry, depth + 1);
            } else if (config) {
                file(entry, attributes);
            }
        } catch (IOException _) {
            // It went between listing and looking, or a link leads nowhere: the same as gone.
        }
    }

    private void file(Path file, BasicFileAttributes attributes) {
        if (files.size() >= MAX_FILES) {
            problems.put(file, "more than " + MAX_FILES + " files");
        } else if (attributes.isRegularFile()) {
            files.put(file, Stamp.of(attributes));
        }
    }

    /// Whether some files can change without a notice under their own name.
    boolean linked() {
        return !links.isEmpty();
    }

    /// Of those files that are there.
    static Map<Path, Stamp> stamps(Set<Path> named) {
        Map<Path, Stamp> found = new TreeMap<>();
        for (Path file : named) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                if (attributes.isRegularFile()) {
                    found.put(file, Stamp.of(attributes));
                }
            } catch (IOException _) {
                // Gone.
            }
        }
        return found;
    }
}
