package dev.lateen.local.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// Whether any user may read what is at a place: a proxy that runs as a user of its own needs no further right then.
///
/// Thread: any.
final class OpenToAll {
    private OpenToAll() {}

    /// Whether the directory can be listed by anybody, and every directory on the way be entered. What does not exist
    /// yet
    /// will be made open.
    static boolean reaches(Path directory) {
        for (Path each = directory.toAbsolutePath(); each != null; each = each.getParent()) {
            if (Files.exists(each)) {
                return isOpen(each);
            }
        }
        return false;
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
