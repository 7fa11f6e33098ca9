package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Handshakes by `openssl s_client`.
final class TlsProbe {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private TlsProbe() {}

    /// What s_client says about a handshake, after which it says nothing.
    static String run(int port, String options) throws IOException, InterruptedException {
        return run(port, options, "");
    }

    /// @param words that it sends
    static String run(int port, String options, String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        if (!options.isEmpty()) {
            command.addAll(List.of(options.split(" +")));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(words.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException _) {
            // The handshake failed before it read its input.
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return said;
    }

    /// A request with a certificate, and all that comes back.
    static String request(int port, Certificates certificates, String certificate)
            throws IOException, InterruptedException {
        return request(port, certificates, certificate, "");
    }

    static String request(int port, Certificates certificates, String certificate, String options)
            throws IOException, InterruptedException {
        String own = "-ign_eof -cert %s -key %s"
                .formatted(certificates.file(certificate + ".pem"), certificates.file(certificate + ".key"));
        return run(port, (own + " " + options).strip(), REQUEST);
    }
}
