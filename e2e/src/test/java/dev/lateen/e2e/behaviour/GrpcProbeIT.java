package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.probe.Probe;
import dev.lateen.proxy.probe.ProbeAsker;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real gRPC server is asked how it is.
final class GrpcProbeIT {
    private static final int SERVING = 1;
    private static final int NOT_SERVING = 2;

    private final EventLoops loops = EventLoops.create("test", 1);
    private final AtomicInteger status = new AtomicInteger(SERVING);
    private Server server;

    @BeforeEach
    void start() throws IOException {
        MethodDescriptor<byte[], byte[]> check = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("grpc.health.v1.Health/Check")
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(ServerServiceDefinition.builder("grpc.health.v1.Health")
                        .addMethod(check, ServerCalls.asyncUnaryCall((request, answer) -> {
                            if (request.length > 0 && !asks(request, "cart")) {
                                answer.onError(Status.NOT_FOUND.asRuntimeException());
                                return;
                            }
                            answer.onNext(new byte[] {8, (byte) status.get()});
                            answer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        loops.close();
    }

    @Test
    void isWellWhileItServes() {
        assertThat(ask("")).isEmpty();
        assertThat(ask("cart")).isEmpty();
        status.set(NOT_SERVING);
        assertThat(ask("")).contains("the health service answers status 2 (expected: 1, SERVING)");
    }

    @Test
    void isNotWellWhereItKnowsNoSuchService() {
        assertThat(ask("other").orElse("")).contains("NOT_FOUND");
    }

    private Optional<String> ask(String service) {
        Probe probe = new Probe(new Probe.Grpc(service), "127.0.0.1", server.getPort(), Duration.ofSeconds(5));
        return new ProbeAsker(loops, "127.0.0.1").ask(probe).fault();
    }

    /// Field 1 as a text, which is all there is.
    private static boolean asks(byte[] request, String service) {
        return new String(request, 2, request.length - 2, StandardCharsets.UTF_8).equals(service);
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
