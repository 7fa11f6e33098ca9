package dev.lateen.local.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;

/// Replaces a file at once, so that nobody reads half of it. Thread: any.
final class AtomicFile {
    private AtomicFile() {}

    /// Writes nothing where the file is so already.
    ///
    /// @return whether it was written
    static boolean write(Path file, byte[] bytes, Set<PosixFilePermission> permissions) throws IOException {
        if (Files.isRegularFile(file)
                && Arrays.equals(Files.readAllBytes(file), bytes)
                && Files.getPosixFilePermissions(file).equals(permissions)) {
            return false;
        }
        // No runtime takes a file of such a name for a configuration.
        Path next = file.resolveSibling("." + file.getFileName() + ".new");
        Files.write(next, bytes);
        Files.setPosixFilePermissions(next, permissions);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }
}
