package dev.lateen.identity.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A root's replacement as it lies on disk, so that a restart goes on where the last run stopped: `rotation` names the
/// phase, `next/` holds the new root and its key. Each step is written so that it can be done again from any point.
///
/// Thread: whoever holds the authority's lock.
final class RotationFiles {
    private static final String PHASE = "rotation";
    private static final String NEXT = "next";
    /// The end of a rotation takes several writes; this says that they have begun.
    private static final String DROPPING = "drop";

    private RotationFiles() {}

    static RotationPhase phase(Path directory) throws IOException {
        Path file = directory.resolve(PHASE);
        if (!Files.exists(file)) {
            return RotationPhase.STEADY;
        }
        String text = Files.readString(file).strip();
        if (text.equals(DROPPING)) {
            return RotationPhase.SIGN;
        }
        for (RotationPhase phase : RotationPhase.values()) {
            if (nameOf(phase).equals(text)) {
                return phase;
            }
        }
        throw new IOException(file + ": \"" + text + "\" (expected: trust, sign or drop)");
    }

    /// Finishes an end that was interrupted.
    static void recover(Path directory) throws IOException {
        Path file = directory.resolve(PHASE);
        if (Files.exists(file) && Files.readString(file).strip().equals(DROPPING)) {
            drop(directory);
        }
    }

    /// The directory of what signs.
    static Path signer(Path directory, RotationPhase phase) {
        Path next = directory.resolve(NEXT);
        return phase == RotationPhase.SIGN && Files.exists(next.resolve(AuthorityFiles.KEY)) ? next : directory;
    }

    /// Makes a new root and adds it to those that are trusted.
    static void begin(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
        Path next = directory.resolve(NEXT);
        AuthorityFiles.createIfMissing(next, settings, clock);
        List<X509Certificate> roots = new ArrayList<>(AuthorityFiles.roots(directory));
        X509Certificate added = AuthorityFiles.roots(next).getFirst();
        if (!roots.contains(added)) {
            roots.add(added);
            AuthorityFiles.writeRoots(directory, roots);
        }
        AuthorityFiles.write(directory.resolve(PHASE), nameOf(RotationPhase.TRUST));
    }

    /// From now on the new root signs. It goes first in the file of roots, so that whoever follows that file notices.
    static void sign(Path directory) throws IOException {
        List<X509Certificate> roots = new ArrayList<>(AuthorityFiles.roots(directory.resolve(NEXT)));
        AuthorityFiles.roots(directory).stream()
                .filter(root -> !roots.contains(root))
                .forEach(roots::add);
        AuthorityFiles.writeRoots(directory, roots);
        AuthorityFiles.write(directory.resolve(PHASE), nameOf(RotationPhase.SIGN));
    }

    /// Ends the trust in the old root, and puts the new one in its place.
    static void drop(Path directory) throws IOException {
        AuthorityFiles.write(directory.resolve(PHASE), DROPPING);
        Path next = directory.resolve(NEXT);
        if (Files.exists(next.resolve(AuthorityFiles.KEY))) {
            AuthorityFiles.writeRoots(directory, AuthorityFiles.roots(next));
            Files.deleteIfExists(directory.resolve(AuthorityFiles.CHAIN));
            for (String name : List.of(AuthorityFiles.CERTIFICATE, AuthorityFiles.KEY)) {
                AuthorityFiles.write(directory.resolve(name), Files.readString(next.resolve(name)));
            }
            Files.deleteIfExists(next.resolve(AuthorityFiles.KEY)); // Its absence says that all was copied.
        }
        Files.deleteIfExists(directory.resolve(PHASE));
        for (String name : List.of(AuthorityFiles.ROOTS, AuthorityFiles.CERTIFICATE)) {
            Files.deleteIfExists(next.resolve(name));
        }
    }

    private static String nameOf(RotationPhase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
