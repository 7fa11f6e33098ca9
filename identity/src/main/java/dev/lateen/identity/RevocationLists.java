package dev.lateen.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file with lists of revoked certificates in PEM, as the authority gives it out and as workloads get it.
///
/// Limits: 1 MiB.
///
/// Thread: any.
public final class RevocationLists {
    private static final int MOST_BYTES = 1 << 20;

    private RevocationLists() {}

    /// @return the text, not looked at; empty where there is no such file
    ///
    /// Errors: `IOException` that names the file.
    public static String read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + ": larger than " + MOST_BYTES + " bytes");
        }
        return Files.readString(file);
    }
}
