package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A throw-away root and one workload certificate for the scenarios with mTLS, made by openssl.
record Credentials(Path chain, Path key, Path root) {
    static Credentials in(Path directory) throws IOException {
        Credentials credentials = new Credentials(
                directory.resolve("chain.pem"), directory.resolve("key.pem"), directory.resolve("root.pem"));
        if (!Files.exists(credentials.chain)) {
            credentials.create(directory);
        }
        return credentials;
    }

    private void create(Path directory) throws IOException {
        Path extensions = directory.resolve("san.ext");
        Files.writeString(extensions, "subjectAltName=critical,URI:spiffe://cluster.local/ns/default/sa/bench\n");
        run(
                directory,
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /O=bench"
                        + " -keyout root-key.pem -out root.pem");
        run(
                directory,
                "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=bench-leaf"
                        + " -keyout key.pem -out leaf.csr");
        run(
                directory,
                "openssl x509 -req -in leaf.csr -CA root.pem -CAkey root-key.pem -CAcreateserial -days 2"
                        + " -extfile san.ext -out chain.pem");
    }

    private static void run(Path directory, String command) throws IOException {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
