package dev.lateen.proxy.control;

import dev.lateen.identity.Pem;
import dev.lateen.proxy.bootstrap.IdentityConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Whom we take for the control plane beside the authorities of the root file: those that came with our certificate.
/// They came from an authority of that file, over a connection that was verified, and that authority could have vouched
/// for anybody before. So a replaced root needs nobody who replaces the file. They count only while the file stays as
/// it was: whoever changes it decides anew whom to trust.
///
/// They are kept in a file, for a start after the old root is gone; its first line says of which root file they are.
///
/// Limits: a kept file of `MAX_BYTES`.
///
/// Thread: any.
public final class KnownRoots {
    /// Of a proxy that fetches no certificate.
    public static final KnownRoots NONE = new KnownRoots(Optional.empty(), Path.of(""));

    private static final System.Logger LOG = System.getLogger(KnownRoots.class.getName());
    private static final int MAX_BYTES = 1 << 20;
    private static final String HEADER = "beside a root file of SHA-256 ";

    private final Optional<Path> rootFile;
    private final Path kept;
    private Learned learned;

    private record Learned(String rootFile, List<X509Certificate> roots) {
        static final Learned NOTHING = new Learned("", List.of());
    }

    private KnownRoots(Optional<Path> rootFile, Path kept) {
        this.rootFile = rootFile;
        this.kept = kept;
        this.learned = rootFile.isEmpty() ? Learned.NOTHING : read(kept);
    }

    public static KnownRoots of(IdentityConfig config) {
        return new KnownRoots(
                config.authority().rootCertificate(), config.files().learnedRoots());
    }

    /// Whom to trust at a server beside its root file.
    ///
    /// @param content of that file now
    synchronized List<X509Certificate> beside(ServerAddress server, byte[] content) {
        boolean same = rootFile.isPresent()
                && server.rootCertificate().equals(rootFile)
                && learned.rootFile.equals(hash(content));
        return same ? learned.roots : List.of();
    }

    /// Takes what came with a certificate.
    ///
    /// @param content of the root file by which the authority was verified
    void learn(List<X509Certificate> roots, byte[] content) {
        Learned now = new Learned(hash(content), List.copyOf(roots));
        synchronized (this) {
            if (rootFile.isEmpty() || now.equals(learned)) {
                return;
            }
            learned = now;
        }
        try {
            write(now);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the authority's roots are not kept for the next start: {0}", e);
        }
    }

    private void write(Learned now) throws IOException {
        Files.createDirectories(kept.toAbsolutePath().getParent());
        Path temporary = kept.resolveSibling(kept.getFileName() + ".new");
        Files.writeString(temporary, HEADER + now.rootFile + "\n" + Pem.encode(now.roots));
        Files.move(temporary, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Learned read(Path kept) {
        try {
            if (!Files.isReadable(kept) || Files.size(kept) > MAX_BYTES) {
                return Learned.NOTHING;
            }
            String text = Files.readString(kept, StandardCharsets.US_ASCII);
            int end = text.indexOf('\n');
            return end < 0 || !text.startsWith(HEADER)
                    ? Learned.NOTHING
                    : new Learned(text.substring(HEADER.length(), end), Pem.certificates(text.substring(end + 1)));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is not used: {1}", kept, e.getMessage());
            return Learned.NOTHING;
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
