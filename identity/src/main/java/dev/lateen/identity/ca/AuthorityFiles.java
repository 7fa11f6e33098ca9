package dev.lateen.identity.ca;

import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadKeys;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// The authority's files: `ca-cert.pem`, `ca-key.pem`, `root-cert.pem` and, for an intermediate, `cert-chain.pem`, as
/// in
/// Istio's `cacerts` secret. Files are written whole or not at all, mode 0600 in a directory of mode 0700.
///
/// Thread: any; two processes that open one directory are kept apart by a lock file.
final class AuthorityFiles {
    private static final String CERTIFICATE = "ca-cert.pem";
    private static final String KEY = "ca-key.pem";
    private static final String ROOTS = "root-cert.pem";
    private static final String CHAIN = "cert-chain.pem";
    private static final Set<PosixFilePermission> DIRECTORY_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");

    private AuthorityFiles() {}

    static SigningKey openOrCreate(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
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
            return read(directory);
        }
    }

    private static void create(Path directory, AuthoritySettings settings, InstantSource clock) throws IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
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

    private static SigningKey read(Path directory) throws IOException {
        X509Certificate certificate =
                certificates(directory.resolve(CERTIFICATE)).getFirst();
        List<X509Certificate> roots = certificates(directory.resolve(ROOTS));
        PrivateKey key = privateKey(directory.resolve(KEY));
        if (!matches(key, certificate)) {
            throw new IOException(directory.resolve(KEY) + ": the key does not belong to " + CERTIFICATE);
        }
        if (certificate.getBasicConstraints() < 0) {
            throw new IOException(directory.resolve(CERTIFICATE) + ": not a certificate of an authority (CA:TRUE)");
        }
        List<X509Certificate> intermediates = new ArrayList<>();
        if (!roots.contains(certificate)) {
            intermediates.add(certificate);
            if (Files.exists(directory.resolve(CHAIN))) {
                certificates(directory.resolve(CHAIN)).stream()
                        .filter(link -> !roots.contains(link) && !link.equals(certificate))
                        .forEach(intermediates::add);
            }
        }
        return new SigningKey(key, certificate, intermediates, roots);
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
            String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
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

    private static void write(Path file, String text) throws IOException {
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
