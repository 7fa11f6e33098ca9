package dev.lateen.local.agent;

import dev.lateen.xds.client.AdsTransport;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Hands an application's discovery streams on to the control plane, unread: the application knows a socket
/// file, and the agent proves who the workload is.
///
/// Limits: 1,000 requests may wait for the control plane to answer the call; a stream with more is ended.
///
/// Thread: any; what it holds belongs to the loop.
final class DiscoveryRelay {
    private static final String NAME = "envoy.service.discovery.v3.AggregatedDiscoveryService";
    private static final List<String> METHODS = List.of("StreamAggregatedResources", "DeltaAggregatedResources");
    private static final int MOST_WAITING = 1_000;
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream message) {
            try {
                return message.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final AdsTransport controlPlane;
    private final Executor loop;

    /// @param loop of the transport
    DiscoveryRelay(AdsTransport controlPlane, Executor loop) {
        this.controlPlane = controlPlane;
        this.loop = loop;
    }

    /// To be added to a listener.
    ServerServiceDefinition definition() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(NAME);
        for (String method : METHODS) {
            service.addMethod(
                    MethodDescriptor.<byte[], byte[]>newBuilder()
                            .setType(MethodType.BIDI_STREAMING)
                            .setFullMethodName(NAME + "/" + method)
                            .setRequestMarshaller(BYTES)
                            .setResponseMarshaller(BYTES)
                            .build(),
                    ServerCalls.asyncBidiStreamingCall(answers -> open("/" + NAME + "/" + method, answers)));
        }
        return service.build();
    }

    private StreamObserver<byte[]> open(String path, StreamObserver<byte[]> answers) {
        Relayed relayed = new Relayed(answers);
        ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> loop.execute(relayed::end));
        loop.execute(() -> controlPlane.open(path, relayed));
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] request) {
                loop.execute(() -> relayed.send(request));
            }

            @Override
            public void onError(Throwable cause) {
                loop.execute(relayed::end);
            }

            @Override
            public void onCompleted() {
                loop.execute(relayed::end);
            }
        };
    }

    /// One stream. Thread: loop.
    private static final class Relayed implements AdsTransport.Events {
        private final StreamObserver<byte[]> answers;
        private final List<byte[]> waiting = new ArrayList<>();
        private AdsTransport.@Nullable Stream upstream;
        private boolean ended;

        Relayed(StreamObserver<byte[]> answers) {
            this.answers = answers;
        }

        void send(byte[] request) {
            AdsTransport.Stream open = upstream;
            if (ended) {
                return;
            }
            if (open != null) {
                open.send(request);
            } else if (waiting.size() < MOST_WAITING) {
                waiting.add(request);
            } else {
                fail(Status.RESOURCE_EXHAUSTED.withDescription("too many requests before the control plane answered"));
            }
        }

        /// The application has gone.
        void end() {
            ended = true;
            waiting.clear();
            AdsTransport.Stream open = upstream;
            if (open != null) {
                open.cancel();
            }
        }

        private void fail(Status status) {
            if (!ended) {
                end();
                answers.onError(status.asRuntimeException());
            }
        }

        @Override
        public void onOpen(AdsTransport.Stream stream) {
            upstream = stream;
            if (ended) {
                stream.cancel();
                return;
            }
            waiting.forEach(stream::send);
            waiting.clear();
        }

        @Override
        public void onMessage(byte[] message) {
            if (!ended) {
                answers.onNext(message);
            }
        }

        @Override
        public void onClosed(String reason) {
            fail(Status.UNAVAILABLE.withDescription("control plane: " + reason));
        }
    }
}
