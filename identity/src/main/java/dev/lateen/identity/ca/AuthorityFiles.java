package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// The authority's files: `ca-cert.pem`, `ca-key.pem`, `root-cert.pem` and, for an intermediate, `cert-chain.pem`,
/// as in Istio's `cacerts` secret. Files are written whole or not at all, mode 0600 in a directory of mode 0700.
///
/// Thread: any; two processes that open one directory are kept apart by a lock file.
final class AuthorityFiles {
    static final String CERTIFICATE = "ca-cert.pem";
    static final String KEY = "ca-key.pem";
    static final String ROOTS = "root-cert.pem";
    static final String CHAIN = "cert-chain.pem";
    /// Whoever may write here may ask for a new root: `lateen ca rotate` leaves this file.
    static final String REQUEST = "rotate-request";
    /// Of RFC 5280's bits of key usage.
    private static final int KEY_CERT_SIGN = 5;

    private static final Set<PosixFilePermission> DIRECTORY_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");

    private AuthorityFiles() {}

    static void createIfMissing(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
        Files.createDirectories(directory);
        if (isPosix()) {
            Files.setPosixFilePermissions(directory, DIRECTORY_MODE);
        }
        try (FileChannel lock = FileChannel.open(
                        directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            if (!Files.exists(directory.resolve(KEY)) && !Files.exists(directory.resolve(CERTIFICATE))) {
                create(directory, settings, clock);
            }
        }
    }

    /// Changes when one of the files does.
    static String stamp(Path directory) throws IOException {
        StringBuilder stamp = new StringBuilder();
        for (String name : List.of(CERTIFICATE, KEY, ROOTS, CHAIN, RevocationFile.NAME)) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                stamp.append(Files.getLastModifiedTime(file).toInstant()).append(Files.size(file));
            }
            stamp.append(';');
        }
        return stamp.toString();
    }

    /// Whether a new root has been asked for; asks no second time.
    static boolean takeRequest(Path directory) throws IOException {
        return Files.deleteIfExists(directory.resolve(REQUEST));
    }

    static List<X509Certificate> roots(Path directory) throws IOException {
        return certificates(directory.resolve(ROOTS));
    }

    static void writeRoots(Path directory, List<X509Certificate> roots) throws IOException {
        write(directory.resolve(ROOTS), Pem.encode(roots));
    }

    private static void create(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
        KeyPair keys = settings.rootKey().generate();
        X509Certificate root = LeafIssuer.selfSigned(
                keys.getPublic(),
                keys.getPrivate(),
                settings.trustDomain(),
                clock.instant().minus(settings.backdate()),
                settings.rootLifetime());
        write(directory.resolve(ROOTS), Pem.encode(root));
        write(directory.resolve(CERTIFICATE), Pem.encode(root));
        // Last: its presence says that the rest is complete.
        write(directory.resolve(KEY), Pem.encode(keys.getPrivate()));
    }

    /// @param roots all that are trusted
    static SigningKey read(Path directory, List<X509Certificate> roots, Instant now) throws IOException {
        Path file = directory.resolve(CERTIFICATE);
        X509Certificate certificate = certificates(file).getFirst();
        PrivateKey key = privateKey(directory.resolve(KEY));
        if (!matches(key, certificate)) {
            throw new IOException(directory.resolve(KEY) + ": the key does not belong to " + CERTIFICATE);
        }
        checkAuthority(file, certificate, now);
        List<X509Certificate> links = new ArrayList<>();
        links.add(certificate);
        if (Files.exists(directory.resolve(CHAIN))) {
            links.addAll(certificates(directory.resolve(CHAIN)));
        }
        List<X509Certificate> intermediates = new ArrayList<>();
        X509Certificate last = certificate;
        while (!roots.contains(last)) {
            if (intermediates.contains(last)) {
                throw new IOException(directory.resolve(CHAIN) + ": the chain leads back to itself");
            }
            intermediates.add(last);
            X509Certificate below = last;
            last = Stream.concat(roots.stream(), links.stream())
                    .filter(candidate -> !candidate.equals(below) && signed(candidate, below))
                    .findFirst()
                    .orElseThrow(() -> new IOException(file + ": no certificate in " + ROOTS + " or " + CHAIN
                            + " signed \"" + below.getSubjectX500Principal() + "\" (expected: a chain up to a root)"));
        }
        return new SigningKey(key, certificate, intermediates, last, roots);
    }

    private static void checkAuthority(Path file, X509Certificate certificate, Instant now) throws IOException {
        if (certificate.getBasicConstraints() < 0) {
            throw new IOException(file + ": not a certificate of an authority (expected: CA:TRUE)");
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[KEY_CERT_SIGN]) {
            throw new IOException(file + ": may not sign certificates (expected: key usage keyCertSign)");
        }
        if (!now.isBefore(certificate.getNotAfter().toInstant())) {
            throw new IOException(
                    file + ": ended at " + certificate.getNotAfter().toInstant());
        }
    }

    private static boolean signed(X509Certificate by, X509Certificate certificate) {
        if (!by.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(by.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            return Pem.certificates(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// PKCS#8 as written here, and what openssl writes (`EC PRIVATE KEY`, `RSA PRIVATE KEY`).
    private static PrivateKey privateKey(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PEMKeyPair pair) {
                    return converter.getKeyPair(pair).getPrivate();
                }
                if (block instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
            }
        } catch (IOException e) {
            // The parser's text may quote the content.
            throw new IOException(file + ": not a private key that can be read ("
                    + e.getClass().getSimpleName() + ")");
        }
        throw new IOException(file + ": holds no unencrypted private key");
    }

    private static boolean matches(PrivateKey key, X509Certificate certificate) {
        try {
            String algorithm = SigningKey.algorithm(key);
            byte[] probe = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    static void write(Path file, String text) throws IOException {
        FileAttribute<?>[] mode = isPosix()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE_MODE)}
                : new FileAttribute<?>[0];
        Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".new-", ".pem", mode);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
