package dev.lateen.local.agent;

import dev.lateen.identity.Pem;
import dev.lateen.identity.WorkloadCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A workload's certificate, key and roots in files, under Istio's names, for applications that read them
/// themselves. Each file is replaced whole; roots go first, since with a new authority its certificates must
/// be believed already.
///
/// Limits: a reader may see the key and not yet its certificate; gRPC looks again then.
///
/// Thread: any, one at a time.
final class CertificateFiles {
    private final Path directory;
    private final String keyPermissions;

    /// @param shared whether the directory is a volume that only this pod's containers see, whoever they run as
    CertificateFiles(Path directory, boolean shared) throws IOException {
        this.directory = directory;
        this.keyPermissions = shared ? "rw-r--r--" : "rw-------";
        Files.createDirectories(directory);
    }

    Path chain() {
        return directory.resolve("cert-chain.pem");
    }

    Path key() {
        return directory.resolve("key.pem");
    }

    Path roots() {
        return directory.resolve("root-cert.pem");
    }

    void write(WorkloadCertificate certificate) throws IOException {
        replace(roots(), Pem.encode(certificate.roots()), "rw-r--r--");
        replace(key(), Pem.encode(certificate.key()), keyPermissions);
        replace(chain(), Pem.encode(certificate.chain()), "rw-r--r--");
    }

    /// Never readable by more than in the end.
    private void replace(Path file, String text, String permissions) throws IOException {
        Path temporary = directory.resolve("." + file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(temporary, text.getBytes(StandardCharsets.US_ASCII));
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(permissions));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
