package dev.lateen.cli.demo;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// A working copy of the demo's manifests, which the checks edit as a person would: by saving a file.
///
/// Thread: one at a time.
public final class Shop {
    static final String GATEWAY_HOST = "api.example.com";
    private static final String ROUTING = "user-service-routing.yaml";

    private final Path manifests;
    private int routingsSaved;

    private Shop(Path manifests) {
        this.manifests = manifests;
    }

    /// @param demo the demo's directory in this installation
    /// @param copy where the working copy goes
    /// @param services what runs in its pods
    public static Shop copy(Path demo, Path copy, ShopServices services) {
        try {
            Path manifests = Files.createDirectories(copy.resolve("manifests"));
            try (Stream<Path> old = Files.list(manifests)) {
                for (Path file : old.toList()) {
                    Files.delete(file);
                }
            }
            try (Stream<Path> files = Files.list(demo.resolve("manifests"))) {
                for (Path file : files.toList()) {
                    Files.writeString(
                            manifests.resolve(file.getFileName().toString()), services.in(Files.readString(file)));
                }
            }
            Path sources = copy.resolve("services");
            Files.deleteIfExists(sources);
            Files.createSymbolicLink(sources, demo.resolve("services").toAbsolutePath());
            Shop shop = new Shop(manifests);
            shop.save("api-cert.yaml", gatewaySecret(copy.resolve("gateway-ca")));
            return shop;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public Path manifests() {
        return manifests;
    }

    /// Adds what keeps the shop busy.
    public void addLoadGenerator(Path demo) {
        try {
            save("load-generator.yaml", Files.readString(demo.resolve("load").resolve("load-generator.yaml")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Saves a manifest in one step, as an editor does.
    void save(String name, String yaml) {
        try {
            Path fresh = manifests.resolve("." + name + ".new");
            Files.writeString(fresh, yaml);
            Files.move(
                    fresh,
                    manifests.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(manifests.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Routes that were saved.
    ///
    /// @param mark what answers that took them carry
    record Saved(String mark) {}

    /// Splits the user service's traffic; requests with the header go to v2.
    Saved split(String header, String value, int v1, int v2) {
        return saveRouting(Manifest.split(header, value, v1, v2), Manifest.SEED_POLICY);
    }

    /// Sends the user service's traffic to all its versions, with a timeout for each request and no retries.
    Saved timeout(String timeout) {
        return saveRouting(Manifest.timeout(timeout), Manifest.SEED_POLICY);
    }

    /// Sends the user service's traffic to all its versions, with a timeout and retries.
    Saved timeoutAndRetries(String timeout, String perTryTimeout, int attempts) {
        return saveRouting(Manifest.timeoutAndRetries(timeout, perTryTimeout, attempts), Manifest.SEED_POLICY);
    }

    /// Sends the user service's traffic to all its versions, with another traffic policy and no retries.
    Saved policy(String trafficPolicy) {
        return saveRouting(Manifest.plainRoute(), trafficPolicy);
    }

    private Saved saveRouting(String routes, String trafficPolicy) {
        Saved saved = new Saved("r" + ++routingsSaved);
        save(ROUTING, Manifest.marked(routes, saved.mark()) + "---\n" + Manifest.destinationRule(trafficPolicy));
        return saved;
    }

    private static String gatewaySecret(Path authority) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            CertificateAuthority ca =
                    CertificateAuthority.open(authority, AuthoritySettings.of("example.com"), InstantSource.system());
            List<X509Certificate> chain = ca.issueServer(
                    keys.getPublic(),
                    List.of(GATEWAY_HOST),
                    new SpiffeId("example.com", "default", "api"),
                    Duration.ofDays(30));
            StringBuilder pem = new StringBuilder();
            for (X509Certificate certificate : chain) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            String key = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
            return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: api-cert\n  namespace: istio-system\n"
                    + "type: kubernetes.io/tls\ndata:\n  tls.crt: " + base64(pem.toString()) + "\n  tls.key: "
                    + base64(key) + "\n";
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException("no certificate for the gateway: " + failure.getMessage(), failure);
        }
    }

    private static String pem(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
