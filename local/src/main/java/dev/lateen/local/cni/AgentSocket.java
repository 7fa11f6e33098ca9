package dev.lateen.local.cni;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The socket that the plugin connects to, one request a connection. Only root can.
///
/// Limits: 1 MiB and 10 s a request, eight answers at a time.
///
/// Thread: any; a virtual thread a connection.
final class AgentSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSocket.class);
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration LONGEST_READ = Duration.ofSeconds(10);
    private static final int AT_A_TIME = 8;

    private final Path file;
    private final ServerSocketChannel server;
    private final Function<PluginRequest, PluginAnswer> answers;
    private final Semaphore turns = new Semaphore(AT_A_TIME, true);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());

    private AgentSocket(Path file, ServerSocketChannel server, Function<PluginRequest, PluginAnswer> answers) {
        this.file = file;
        this.server = server;
        this.answers = answers;
    }

    /// Takes the place of a socket that an agent before this one left behind.
    static AgentSocket open(Path file, Function<PluginRequest, PluginAnswer> answers) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.deleteIfExists(file);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        AgentSocket socket = new AgentSocket(file, server, answers);
        Thread.ofVirtual().name("cni-socket").start(socket::accept);
        return socket;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a connection of the plugin is lost");
                }
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            ScheduledFuture<?> limit =
                    timer.schedule(() -> close(connection), LONGEST_READ.toMillis(), TimeUnit.MILLISECONDS);
            byte[] bytes = Channels.newInputStream(connection).readNBytes(MOST_BYTES);
            limit.cancel(false);
            String answer = answer(new String(bytes, StandardCharsets.UTF_8));
            ByteBuffer out = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                connection.write(out);
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the plugin gets no answer");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String answer(String text) throws InterruptedException {
        PluginRequest request;
        try {
            request = PluginRequest.parse(text);
        } catch (IllegalArgumentException e) {
            return new PluginAnswer.Refuse(String.valueOf(e.getMessage())).text("1.0.0");
        }
        turns.acquire();
        try {
            return answers.apply(request).text(request.version());
        } finally {
            turns.release();
        }
    }

    private static void close(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("closing");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        timer.shutdownNow();
        Files.deleteIfExists(file);
    }
}
