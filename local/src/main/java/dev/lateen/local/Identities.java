package dev.lateen.local;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.local.manifest.WorkloadSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/// Gives each pod the token that proves its service account to the control plane's authority, and the authority's root,
/// at the places where a cluster mounts them.
///
/// Thread: any. Limits: a token lives for a year; a proxy needs it again only when its certificate has run out.
final class Identities {
    private static final String TOKEN = "var/run/secrets/tokens/istio-token";
    private static final String ROOT = "var/run/secrets/istio/root-cert.pem";
    private static final String AUTHORITY = "root-cert.pem";
    private static final Duration TOKEN_LIFETIME = Duration.ofDays(365);

    private final Path controlState;
    private final String trustDomain;
    /// What the pods have; of the thread that follows the mesh.
    private String provided = "";

    Identities(Path controlState, String trustDomain) {
        this.controlState = controlState;
        this.trustDomain = trustDomain;
    }

    /// Gives pods that run the authority's roots anew where these have changed, as a cluster does with what it mounts.
    ///
    /// @param pods the directory of the pods' directories
    synchronized void refresh(Path pods) throws IOException {
        String roots = Files.readString(authority());
        if (roots.equals(provided)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(pods)) {
            for (Path directory : directories) {
                Path root = directory.resolve(ROOT);
                if (Files.exists(root)) {
                    replace(root, roots);
                }
            }
        }
        provided = roots;
    }

    /// Whole or not at all, and for any user: what it holds is no secret. Written elsewhere first: a pod that is being
    /// started walks through its own directory.
    private void replace(Path file, String text) throws IOException {
        Path temporary = controlState.resolve("pod-" + AUTHORITY + ".new");
        Files.writeString(temporary, text);
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path authority() {
        return ControlPlaneSettings.authority(controlState).resolve(AUTHORITY);
    }

    /// Writes both files below the pod's directory.
    synchronized void provide(Path directory, WorkloadSpec workload) throws IOException {
        Path token = directory.resolve(TOKEN);
        Files.createDirectories(token.getParent());
        Files.deleteIfExists(token);
        Files.createFile(token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        JoinTokens tokens =
                JoinTokens.open(ControlPlaneSettings.joinKey(controlState), trustDomain, InstantSource.system());
        Files.writeString(token, tokens.issue(workload.namespace(), workload.serviceAccount(), TOKEN_LIFETIME));
        Path root = directory.resolve(ROOT);
        Files.createDirectories(root.getParent());
        Files.copy(authority(), root, StandardCopyOption.REPLACE_EXISTING);
    }
}
