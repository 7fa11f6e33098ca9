package dev.lateen.control.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
record DirectoryScan(Map<Path, Stamp> files, Set<Path> directories, Map<Path, String> problems) {
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
        DirectoryScan scan = new DirectoryScan(new TreeMap<>(), new TreeSet<>(), new TreeMap<>());
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                scan.directory(root, 0);
            } else {
                scan.file(root);
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
                if (Files.isDirectory(entry)) {
                    directory(entry, depth + 1);
                } else if (ConfigNames.isConfig(name)) {
                    file(entry);
                }
            }
        } catch (UncheckedIOException | IOException e) {
            if (Files.exists(directory)) {
                problems.put(directory, "cannot be listed: " + e.getMessage());
            }
        }
    }

    private void file(Path file) {
        if (files.size() >= MAX_FILES) {
            problems.put(file, "more than " + MAX_FILES + " files");
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                files.put(file, Stamp.of(attributes));
            }
        } catch (IOException _) {
            // It went between listing and looking: the same as gone.
        }
    }
}
