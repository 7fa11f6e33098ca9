package dev.lateen.control.cluster;

import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the authority's key and certificates in the cluster, so that every replica has the same ones and a new pod
/// goes on where the last one ended: `cacerts`, which users bring, or `istio-ca-secret`, which the first replica makes.
///
/// Thread: any; blocks.
public final class AuthoritySecret {
    private static final String PLUGGED_IN = "cacerts";
    private static final String OWN = "istio-ca-secret";
    private static final List<String> FILES =
            List.of("root-cert.pem", "ca-cert.pem", "cert-chain.pem", "ca-key.pem", "ca-crl.pem");

    private AuthoritySecret() {}

    /// Brings the authority's directory in line with the secret; makes the secret where there is none.
    public static void settle(
            Cluster cluster, String namespace, Path directory, AuthoritySettings settings, InstantSource clock)
            throws IOException {
        Optional<ObjectNode> known = find(cluster, namespace);
        if (known.isEmpty()) {
            CertificateAuthority.open(directory, settings, clock);
            try {
                cluster.create(secret(namespace, directory));
                return;
            } catch (ClusterException e) {
                if (!e.isConflict()) {
                    throw e;
                }
                known = find(cluster, namespace); // another replica was quicker
            }
        }
        write(directory, known.orElseThrow(() -> new IOException("secret " + OWN + ": gone as soon as it was made")));
    }

    private static Optional<ObjectNode> find(Cluster cluster, String namespace) throws IOException {
        Optional<ObjectNode> users = cluster.get("v1", "Secret", namespace, PLUGGED_IN);
        return users.isPresent() ? users : cluster.get("v1", "Secret", namespace, OWN);
    }

    private static ObjectNode secret(String namespace, Path directory) throws IOException {
        ObjectNode data = Trees.object();
        for (String name : FILES) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                data.put(name, Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
            }
        }
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Trees.object("name", OWN, "namespace", namespace),
                "type",
                "istio.io/ca-root",
                "data",
                data);
    }

    private static void write(Path directory, ObjectNode secret) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (String name : FILES) {
            Path file = directory.resolve(name);
            String text = Trees.text(secret, "data", name);
            if (text.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Files.deleteIfExists(file);
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.write(file, Base64.getDecoder().decode(text));
            }
        }
    }
}
