package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A secret with a new certificate, as its users make one.
final class TlsSecret {
    private TlsSecret() {}

    /// @param subject whom the certificate names
    static String of(String namespace, String name, String subject) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("certificate");
        String key = directory.resolve("key.pem").toString();
        String chain = directory.resolve("chain.pem").toString();
        Kubectl.command(
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + subject,
                        "-keyout",
                        key,
                        "-out",
                        chain),
                "");
        return Kubectl.command(
                List.of(
                        "kubectl",
                        "-n",
                        namespace,
                        "create",
                        "secret",
                        "tls",
                        name,
                        "--cert=" + chain,
                        "--key=" + key,
                        "--dry-run=client",
                        "-o",
                        "yaml"),
                "");
    }
}
