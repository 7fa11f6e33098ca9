package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The server behind the proxies (nginx), which takes spans as well.
record Upstream(Process process, int port, int http2Port) implements AutoCloseable {
    static Upstream start(Path scratch) throws IOException, InterruptedException {
        int port = Servers.freePort();
        int http2Port = Servers.freePort();
        Path directory = Files.createDirectories(scratch.resolve("upstream"));
        Files.write(directory.resolve("large"), new byte[Load.BODY_BYTES]);
        Path config = directory.resolve("upstream.conf");
        Files.writeString(
                config,
                Servers.resource("upstream.conf")
                        .replace("@PORT@", Integer.toString(port))
                        .replace("@H2_PORT@", Integer.toString(http2Port))
                        .replace("@DIR@", directory.toString()));
        Process process =
                new ProcessBuilder("nginx", "-c", config.toString()).inheritIO().start();
        Servers.awaitPort(port, process, "the upstream (nginx)");
        return new Upstream(process, port, http2Port);
    }

    @Override
    public void close() {
        try {
            Servers.stop(process);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
