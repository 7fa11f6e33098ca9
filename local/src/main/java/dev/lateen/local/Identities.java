package dev.lateen.local;

import dev.lateen.local.capture.Place;
import dev.lateen.local.manifest.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Gives each pod the token that proves its service account to the control plane's authority, at the place where a
/// cluster mounts it. Thread: any.
final class Identities {
    private static final String TOKEN = "var/run/secrets/tokens/istio-token";
    private static final String ROOT = "var/run/secrets/istio/root-cert.pem";

    private static final String AUTHORITY = "root-cert.pem";

    private final Path controlState;

    Identities(Path controlState) {
        this.controlState = controlState;
    }

    void provide(Path directory, WorkloadSpec workload, Place place) throws IOException {
        Path token = directory.resolve(TOKEN);
        Files.createDirectories(token.getParent());
        Files.deleteIfExists(token);
        Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(token, workload.namespace() + "/" + workload.serviceAccount());
        Path root = directory.resolve(ROOT);
        Files.createDirectories(root.getParent());
        Files.copy(controlState.resolve(AUTHORITY), root, StandardCopyOption.REPLACE_EXISTING);
    }
}
