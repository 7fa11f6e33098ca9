package dev.lateen.control.dashboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks a proxy for its numbers. A workload may answer in its proxy's place: so it may neither send us on, nor take
/// long, nor answer without end.
///
/// Limits: as given; what is longer is cut, what takes longer is given up.
///
/// Thread: any that may block.
///
/// @param mostBytes of an answer
/// @param patience to connect, for a byte and for the whole; whatever happens, it ends after twice that
record MetricsPage(int mostBytes, Duration patience) {
    private static final int CHUNK = 1 << 16;

    /// Empty where the answer is none.
    Optional<String> read(URI address) throws IOException {
        return read(address, _ -> {});
    }

    /// @param prepare what a connection needs before it asks
    Optional<String> read(URI address, Consumer<HttpURLConnection> prepare) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) patience.toMillis());
        connection.setReadTimeout((int) patience.toMillis());
        prepare.accept(connection);
        // Bytes that drip into a head, or into a handshake, are each in time.
        Thread watch = Thread.ofVirtual().name("patience").start(() -> endAfter(patience.multipliedBy(2), connection));
        try {
            return read(connection, deadline);
        } finally {
            watch.interrupt();
        }
    }

    private static void endAfter(Duration time, HttpURLConnection connection) {
        try {
            Thread.sleep(time);
            connection.disconnect();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // it has ended by itself
        }
    }

    private Optional<String> read(HttpURLConnection connection, long deadline) throws IOException {
        if (connection.getResponseCode() != 200) {
            return Optional.empty();
        }
        ByteArrayOutputStream page = new ByteArrayOutputStream(CHUNK);
        try (InputStream body = connection.getInputStream()) {
            byte[] chunk = new byte[CHUNK];
            int read = body.read(chunk);
            while (read >= 0 && page.size() < mostBytes) {
                page.write(chunk, 0, Math.min(read, mostBytes - page.size()));
                if (System.nanoTime() > deadline) {
                    connection.disconnect();
                    throw new IOException(
                            connection.getURL() + ": no whole answer within " + patience.toMillis() + " ms");
                }
                read = body.read(chunk);
            }
            if (read >= 0) {
                connection.disconnect(); // or the rest would be read for the sake of the connection
            }
        }
        return Optional.of(page.toString(StandardCharsets.UTF_8));
    }
}
