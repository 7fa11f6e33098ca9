package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A server on a socket of the file system. It answers each request of HTTP with this body.
///
/// Thread: one virtual thread a connection.
final class UnixServer implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path path;
    private final byte[] response;

    UnixServer(String body) throws IOException {
        response = Upstream.response(200, body).getBytes(StandardCharsets.US_ASCII);
        path = Files.createTempDirectory("unix-").resolve("server");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        Thread.startVirtualThread(this::accept);
    }

    Path path() {
        return path;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.startVirtualThread(() -> serve(channel));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            InputStream in = Channels.newInputStream(channel);
            OutputStream out = Channels.newOutputStream(channel);
            Optional<String> request = Upstream.readRequest(in);
            while (request.isPresent()) {
                out.write(response);
                request = Upstream.readRequest(in);
            }
        } catch (IOException _) {
            // The client ended it.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }
}
