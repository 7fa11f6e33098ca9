package dev.lateen.local.agent;

import dev.lateen.identity.Pem;
import dev.lateen.proxy.tls.SystemAuthorities;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Certificates and keys in files, which the control plane names `file-cert:CERT~KEY` and `file-root:PATH` (or
/// `file-root:system`). They are read when Envoy first asks and looked at again every few seconds, since whoever mounts
/// them may replace them. A file that cannot be used leaves the last good secret in force.
///
/// Limits: 1 MiB a file.
///
/// Thread: any; reads on a virtual thread.
final class SecretFiles {
    private static final System.Logger LOG = System.getLogger(SecretFiles.class.getName());
    private static final String CERTIFICATE = "file-cert:";
    private static final String ROOT = "file-root:";
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final long MAX_BYTES = 1 << 20;

    private final SecretStore secrets;
    private final Set<String> followed = ConcurrentHashMap.newKeySet();
    private final Set<String> complained = ConcurrentHashMap.newKeySet();

    SecretFiles(SecretStore secrets) {
        this.secrets = secrets;
    }

    /// Reads what the name stands for, and again from now on. Other names are not ours.
    void follow(String name) {
        boolean file = name.startsWith(CERTIFICATE) || name.startsWith(ROOT);
        if (file && followed.add(name)) {
            Thread.ofVirtual().name("follow " + name).start(() -> keepReading(name));
        }
    }

    private void keepReading(String name) {
        try {
            while (true) {
                readOnce(name);
                Thread.sleep(LOOK_EVERY);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOnce(String name) {
        try {
            secrets.put(read(name));
            complained.remove(name);
        } catch (IOException | IllegalArgumentException e) {
            if (complained.add(name)) {
                LOG.log(System.Logger.Level.WARNING, "secret {0}: {1}", name, e.toString());
            }
        }
    }

    static Secret read(String name) throws IOException {
        if (name.startsWith(ROOT)) {
            String path = name.substring(ROOT.length());
            String roots = text(path.equals("system") ? systemRoots() : Path.of(path));
            return Secret.newBuilder()
                    .setName(name)
                    .setValidationContext(
                            CertificateValidationContext.newBuilder().setTrustedCa(SecretStore.inline(roots)))
                    .build();
        }
        String[] paths = name.substring(CERTIFICATE.length()).split("~", -1);
        if (paths.length != 2) {
            throw new IllegalArgumentException("'" + name + "' (expected: file-cert:CERTIFICATE~KEY)");
        }
        String chain = text(Path.of(paths[0]));
        String key = text(Path.of(paths[1]));
        // A pair that is half replaced would be refused by Envoy; here it is only waited for.
        Pem.certificates(chain);
        Pem.privateKey(key);
        return Secret.newBuilder()
                .setName(name)
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(SecretStore.inline(chain))
                        .setPrivateKey(SecretStore.inline(key)))
                .build();
    }

    private static Path systemRoots() throws IOException {
        return SystemAuthorities.bundle()
                .orElseThrow(() -> new IOException(
                        "this system has no bundle of authorities in any of " + SystemAuthorities.PLACES));
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": larger than 1 MiB");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
