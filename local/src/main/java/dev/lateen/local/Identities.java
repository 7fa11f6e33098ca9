package dev.lateen.local;

import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.identity.JoinTokens;
import dev.lateen.identity.ca.RevocationFile;
import dev.lateen.local.manifest.WorkloadSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Gives each pod the token that proves its service account to the control plane's authority, the authority's root
/// and its lists of what is revoked,
/// at the places where a cluster mounts them.
///
/// Thread: any. Limits: a token lives for a day and is replaced when half of that is over, as kubelet does; its pod's
/// proxy reads it whenever it needs it.
final class Identities {
    private static final String TOKEN = "var/run/secrets/tokens/istio-token";
    private static final String ROOT = "var/run/secrets/istio/root-cert.pem";
    private static final String REVOCATIONS = "var/run/secrets/istio/crl/ca-crl.pem";
    private static final String AUTHORITY = "root-cert.pem";
    private static final Duration TOKEN_LIFETIME = Duration.ofHours(24);
    private static final Duration TOKEN_RENEWAL = TOKEN_LIFETIME.dividedBy(2);

    private final Path controlState;
    private final String trustDomain;
    private final InstantSource clock;
    /// Whose token is in which pod's directory, and since when.
    private final Map<Path, Token> tokens = new HashMap<>();
    /// What the pods have; of the thread that follows the mesh.
    private String provided = "";
    private String providedRevocations = "";

    private record Token(String namespace, String serviceAccount, Instant since) {}

    Identities(Path controlState, String trustDomain, InstantSource clock) {
        this.clock = clock;
        this.controlState = controlState;
        this.trustDomain = trustDomain;
    }

    /// Gives pods that run what has changed or is getting old, as a cluster does with what it mounts: tokens, the
    /// authority's roots, what it has revoked.
    ///
    /// @param pods the directory of the pods' directories
    synchronized void refresh(Path pods) throws IOException {
        renewTokens();
        String roots = Files.readString(authority());
        String revocations = RevocationFile.read(ControlPlaneSettings.authority(controlState));
        if (roots.equals(provided) && revocations.equals(providedRevocations)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(pods)) {
            for (Path directory : directories) {
                Path root = directory.resolve(ROOT);
                if (Files.exists(root)) {
                    replace(root, roots);
                    revoke(directory, revocations);
                }
            }
        }
        provided = roots;
        providedRevocations = revocations;
    }

    private void renewTokens() throws IOException {
        Instant now = clock.instant();
        tokens.keySet().removeIf(directory -> !Files.exists(directory.resolve(TOKEN)));
        for (Map.Entry<Path, Token> pod : tokens.entrySet()) {
            Token token = pod.getValue();
            if (!now.isBefore(token.since().plus(TOKEN_RENEWAL))) {
                replaceToken(pod.getKey().resolve(TOKEN), issue(token.namespace(), token.serviceAccount()));
                pod.setValue(new Token(token.namespace(), token.serviceAccount(), now));
            }
        }
    }

    /// For the same user as before, and for nobody else at any time.
    private void replaceToken(Path file, String text) throws IOException {
        Path temporary = controlState.resolve("pod-token.new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(temporary, text);
        UserPrincipal owner = Files.getOwner(file);
        if (!owner.equals(Files.getOwner(temporary))) {
            Files.setOwner(temporary, owner);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String issue(String namespace, String serviceAccount) throws IOException {
        return JoinTokens.open(ControlPlaneSettings.joinKey(controlState), trustDomain, clock)
                .issue(namespace, serviceAccount, TOKEN_LIFETIME);
    }

    private void revoke(Path directory, String revocations) throws IOException {
        Path file = directory.resolve(REVOCATIONS);
        if (revocations.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.createDirectories(file.getParent());
            replace(file, revocations);
        }
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
        Files.writeString(token, issue(workload.namespace(), workload.serviceAccount()));
        tokens.put(directory, new Token(workload.namespace(), workload.serviceAccount(), clock.instant()));
        Path root = directory.resolve(ROOT);
        Files.createDirectories(root.getParent());
        Files.copy(authority(), root, StandardCopyOption.REPLACE_EXISTING);
        revoke(directory, providedRevocations);
    }
}
