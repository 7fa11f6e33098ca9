package dev.lateen.local.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.stream.Stream;

/// Whether any user may read what is at a place: a proxy that runs as a user of its own needs no further right then.
///
/// Thread: any.
public final class OpenToAll {
    private OpenToAll() {}

    /// Whether a directory or file can be read by anybody, and every directory on the way be entered. What does not
    /// exist yet will be made open.
    public static boolean reaches(Path directory) {
        for (Path each = directory.toAbsolutePath(); each != null; each = each.getParent()) {
            if (Files.exists(each)) {
                return isOpen(each);
            }
        }
        return false;
    }

    /// Whether anybody can read all that a class path names.
    public static boolean reachesAll(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator)).map(Path::of).allMatch(OpenToAll::reaches);
    }

    private static boolean isOpen(Path directory) {
        try {
            Path real = directory.toRealPath();
            for (Path each = real; each != null; each = each.getParent()) {
                if (!permissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return permissions(real).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException _) {
            return false;
        }
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        return Files.getPosixFilePermissions(path);
    }
}
