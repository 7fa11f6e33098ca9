package dev.lateen.xds.server;

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
/// peers, an age of connections as given.
///
/// Thread: any.
public final class GrpcListener implements AutoCloseable {
    private static final int MAX_CALLS = 64;
    private static final int MAX_METADATA_BYTES = 16 * 1024;
    private static final int DRAIN_SECONDS = 2;

    /// Requests are answers of a few bytes mostly. Fixed, since finding a better one costs a ping and its answer for
    /// each of them.
    private static final int REQUEST_WINDOW = 1 << 20;

    private final Server server;
    private final ExecutorService executor;

    private GrpcListener(Server server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
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
        return start(address, InsecureServerCredentials.create(), services, maxMessageBytes, Age.DEFAULT);
    }

    public static GrpcListener plaintext(
            InetSocketAddress address, List<ServerServiceDefinition> services, int maxMessageBytes, Age age)
            throws IOException {
        return start(address, InsecureServerCredentials.create(), services, maxMessageBytes, age);
    }

    public static GrpcListener secure(
            InetSocketAddress address, Tls tls, List<ServerServiceDefinition> services, int maxMessageBytes)
            throws IOException {
        ServerCredentials credentials = TlsServerCredentials.newBuilder()
                .keyManager(tls.keys())
                .trustManager(tls.trust())
                .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                .build();
        return start(address, credentials, services, maxMessageBytes, Age.DEFAULT);
    }

    /// The port in use, also where 0 was asked for.
    public int port() {
        return server.getPort();
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
    }

    private static GrpcListener start(
            InetSocketAddress address,
            ServerCredentials credentials,
            List<ServerServiceDefinition> services,
            int maxMessageBytes,
            Age age)
            throws IOException {
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address, credentials)
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
            builder.addService(ServerInterceptors.intercept(service, new PeerInterceptor()));
        }
        try {
            return new GrpcListener(builder.build().start(), executor);
        } catch (IOException e) {
            executor.shutdownNow();
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
