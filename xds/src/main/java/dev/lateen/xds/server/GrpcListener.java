package dev.lateen.xds.server;

import dev.lateen.net.EventLoops;
import dev.lateen.net.socket.Newcomers;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// One port that speaks gRPC.
///
/// Limits: 64 concurrent calls a connection, 16 KiB of metadata, messages as given, a ping each 30 s to find dead
/// peers, an age of connections as given, 2,000 resets of streams in 10 s; and for peers that the gate has not let
/// in yet, those of `Newcomers`.
///
/// Thread: any.
public final class GrpcListener implements AutoCloseable {
    private static final int MAX_CALLS = 64;
    private static final int MAX_METADATA_BYTES = 16 * 1024;
    private static final int DRAIN_SECONDS = 2;

    /// Requests are answers of a few bytes mostly. Fixed, since finding a better one costs a ping and its answer for
    /// each of them.
    private static final int REQUEST_WINDOW = 1 << 20;

    /// Of streams, in that time: calls that are opened to be ended at once. A proxy in a hurry gives up many questions
    /// about limits.
    private static final int MAX_RESETS = 2_000;

    private static final int RESETS_SECONDS = 10;

    private final Server server;
    private final ExecutorService executor;
    private final EventLoops loops;
    private final Newcomers newcomers;

    private GrpcListener(Server server, ExecutorService executor, EventLoops loops, Newcomers newcomers) {
        this.server = server;
        this.executor = executor;
        this.loops = loops;
        this.newcomers = newcomers;
    }

    /// How a port proves itself and whom it believes. Client certificates are asked for, not demanded: a workload that
    /// has none yet comes with a token.
    public record Tls(KeyManager keys, TrustManager trust) {}

    /// How long a connection may last. Peers are told to open another (GOAWAY) and keep their calls for the grace;
    /// proxies spread anew over replicas that way and prove again who they are. Each connection's age is drawn from
    /// within a tenth of `most`, so that those that came together do not go together.
    public record Age(Duration most, Duration grace) {
        /// Istio's.
        public static final Age DEFAULT = new Age(Duration.ofMinutes(30), Duration.ofSeconds(10));
    }

    public static GrpcListener plaintext(
            InetSocketAddress address, List<ServerServiceDefinition> services, int maxMessageBytes) throws IOException {
        return plaintext(address, services, maxMessageBytes, Age.DEFAULT);
    }

    public static GrpcListener plaintext(
            InetSocketAddress address, List<ServerServiceDefinition> services, int maxMessageBytes, Age age)
            throws IOException {
        return start(address, InsecureServerCredentials.create(), Gate.OPEN, services, maxMessageBytes, age);
    }

    /// @param gate asked about each caller before anything of its call is read
    public static GrpcListener secure(
            InetSocketAddress address, Tls tls, Gate gate, List<ServerServiceDefinition> services, int maxMessageBytes)
            throws IOException {
        ServerCredentials credentials = TlsServerCredentials.newBuilder()
                .keyManager(tls.keys())
                .trustManager(tls.trust())
                .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                .build();
        return start(address, credentials, gate, services, maxMessageBytes, Age.DEFAULT);
    }

    /// The port in use, also where 0 was asked for.
    public int port() {
        return server.getPort();
    }

    /// Connections that were ended because their peers did not get past the gate in time, or because of too many of
    /// them.
    public long endedNewcomers() {
        return newcomers.ended();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
        loops.close();
    }

    private static GrpcListener start(
            InetSocketAddress address,
            ServerCredentials credentials,
            Gate gate,
            List<ServerServiceDefinition> services,
            int maxMessageBytes,
            Age age)
            throws IOException {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        EventLoops loops = EventLoops.create("grpc", Runtime.getRuntime().availableProcessors());
        EventLoopGroup group = loops.at(0).parent();
        Newcomers newcomers = new Newcomers();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address, credentials)
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .channelFactory(() -> newcomers.acceptor(loops))
                .maxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS)
                .executor(executor)
                .callExecutor(new WithoutHandOver())
                .flowControlWindow(REQUEST_WINDOW)
                .maxInboundMessageSize(maxMessageBytes)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(30, TimeUnit.SECONDS)
                .maxConnectionAge(age.most().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAgeGrace(age.grace().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        for (ServerServiceDefinition service : services) {
            builder.addService(ServerInterceptors.intercept(service, new PeerInterceptor(gate, newcomers::letIn)));
        }
        try {
            return new GrpcListener(builder.build().start(), executor, loops, newcomers);
        } catch (IOException e) {
            executor.shutdownNow();
            loops.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), e);
        }
    }

    /// Calls of discovery stay on the connection's loop, since all they do there is to post to the ads loop; other
    /// calls may block and get a thread of their own.
    private static final class WithoutHandOver implements ServerCallExecutorSupplier {
        @Override
        public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
            boolean posts = AdsService.NAME.equals(call.getMethodDescriptor().getServiceName());
            return posts ? Runnable::run : null;
        }
    }
}
