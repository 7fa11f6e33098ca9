package dev.lateen.control.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;

/// The files behind join tokens, readable by their owner alone: the key that signs, the one before it, whose tokens are
/// still good, and the ids of tokens that were taken back.
///
/// Limits: `MOST_REVOKED` ids.
///
/// Thread: any.
final class JoinKeys {
    static final int KEY_BYTES = 32;
    private static final int MOST_REVOKED = 100_000;

    private final Path current;
    private final Path before;
    private final Path revoked;

    /// @param name by which tokens call the key
    record Key(String name, SecretKeySpec secret) {
        @Override
        public String toString() {
            return "join key " + name + " [redacted]";
        }
    }

    JoinKeys(Path file) {
        this.current = file;
        this.before = file.resolveSibling(file.getFileName() + ".old");
        this.revoked = file.resolveSibling(file.getFileName() + ".revoked");
    }

    /// The key that signs first; makes one where there is none.
    List<Key> read() throws IOException {
        if (!Files.exists(current)) {
            create();
        }
        List<Key> keys = new ArrayList<>(2);
        keys.add(read(current));
        if (Files.exists(before)) {
            keys.add(read(before));
        }
        return keys;
    }

    Set<String> revoked() throws IOException {
        if (!Files.exists(revoked)) {
            return Set.of();
        }
        try (var lines = Files.lines(revoked)) {
            return lines.limit(MOST_REVOKED).collect(Collectors.toUnmodifiableSet());
        }
    }

    void revoke(String id) throws IOException {
        if (revoked().size() >= MOST_REVOKED) {
            throw new IOException(revoked + ": holds " + MOST_REVOKED
                    + " ids (expected: fewer): replace the key twice instead, which ends all tokens");
        }
        if (!Files.exists(revoked)) {
            Files.createFile(revoked, ownersAlone());
        }
        Files.writeString(revoked, id + "\n", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);
    }

    /// A new key signs; the one before it stays good, and that before it no longer.
    void rotate() throws IOException {
        read();
        Path temporary = temporary();
        Files.copy(current, before, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(temporary, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Another text once a file has changed.
    String stamp() throws IOException {
        StringBuilder stamp = new StringBuilder();
        for (Path file : List.of(current, before, revoked)) {
            try {
                stamp.append(Files.getLastModifiedTime(file))
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ');
            } catch (NoSuchFileException _) {
                stamp.append("- ");
            }
        }
        return stamp.toString();
    }

    private static Key read(Path file) throws IOException {
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new IOException(file + ": holds " + key.length + " bytes (expected: " + KEY_BYTES + ")");
        }
        return new Key(name(key), new SecretKeySpec(key, "HmacSHA256"));
    }

    private static String name(byte[] key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 6));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void create() throws IOException {
        Files.createDirectories(current.toAbsolutePath().getParent());
        Path temporary = temporary();
        try {
            // A link, not a move: of two processes that start together, one key wins for both.
            Files.createLink(current, temporary);
        } catch (FileAlreadyExistsException _) {
            // The other one won.
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// A new key, not yet in its place.
    private Path temporary() throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path temporary = Files.createTempFile(current.toAbsolutePath().getParent(), ".new-", ".key", ownersAlone());
        Files.write(temporary, key);
        return temporary;
    }

    private static FileAttribute<?>[] ownersAlone() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
