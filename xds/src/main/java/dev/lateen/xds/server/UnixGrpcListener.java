package dev.lateen.xds.server;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A socket file that speaks gRPC, for processes of the same user on this machine: the directory is closed to all
/// others before the socket is there, and the socket is too. In a volume that only the containers of one pod see,
/// whoever they run as, it may be open to them all.
///
/// Limits: 64 concurrent calls a connection, messages as given. Linux only.
///
/// Thread: any.
public final class UnixGrpcListener implements AutoCloseable {
    private static final int MAX_CALLS = 64;
    private static final int DRAIN_SECONDS = 2;

    private final Path socket;
    private final Server server;
    private final EventLoopGroup loops;
    private final ExecutorService executor;

    private UnixGrpcListener(Path socket, Server server, EventLoopGroup loops, ExecutorService executor) {
        this.socket = socket;
        this.server = server;
        this.loops = loops;
        this.executor = executor;
    }

    /// Who may call.
    public enum Access {
        SAME_USER("rwx------", "rw-------"),
        ALL_OF_POD("rwxr-xr-x", "rw-rw-rw-");

        private final String directory;
        private final String socket;

        Access(String directory, String socket) {
            this.directory = directory;
            this.socket = socket;
        }
    }

    /// Replaces a socket that an earlier process left; for the same user alone.
    ///
    /// @param socket relative to the working directory where the whole path is too long for the system (107 bytes)
    public static UnixGrpcListener start(Path socket, List<ServerServiceDefinition> services, int maxMessageBytes)
            throws IOException {
        return start(socket, services, maxMessageBytes, Access.SAME_USER);
    }

    /// As above, for others too.
    public static UnixGrpcListener start(
            Path socket, List<ServerServiceDefinition> services, int maxMessageBytes, Access access)
            throws IOException {
        Path directory = socket.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(access.directory));
        Files.deleteIfExists(socket);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("socket", true), EpollIoHandler.newFactory());
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new DomainSocketAddress(socket.toString()), InsecureServerCredentials.create())
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(executor)
                .maxInboundMessageSize(maxMessageBytes)
                .maxConcurrentCallsPerConnection(MAX_CALLS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        try {
            UnixGrpcListener listener =
                    new UnixGrpcListener(socket, builder.build().start(), loops, executor);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(access.socket));
            return listener;
        } catch (IOException e) {
            var _ = loops.shutdownGracefully();
            executor.shutdownNow();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot listen on " + socket + ": " + cause.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        server.shutdownNow();
        try {
            server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
        var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        Files.deleteIfExists(socket);
    }
}
