package dev.lateen.proxy.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.lateen.net.EventLoops;
import dev.lateen.net.grpc.GrpcClient;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.net.grpc.GrpcStatus;
import dev.lateen.net.grpc.GrpcUnaryListener;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http2.Http2ClientConnection;
import dev.lateen.net.socket.ConnectOptions;
import dev.lateen.net.socket.Connector;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks the health service of a gRPC server, over a connection of its own.
///
/// Thread: any; blocks.
///
/// Source: `grpc.health.v1.Health/Check`.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes the channel, and its listeners hear of that
final class GrpcHealth {
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final int SERVICE = 1;
    private static final int STATUS = 1;
    private static final int SERVING = 1;

    private final EventLoops loops;

    GrpcHealth(EventLoops loops) {
        this.loops = loops;
    }

    ProbeAnswer ask(Probe probe, String service) throws InterruptedException {
        CompletableFuture<ProbeAnswer> answer = new CompletableFuture<>();
        ChannelFuture connecting = new Connector(loops)
                .connect(
                        loops.at(0),
                        new InetSocketAddress(probe.host(), probe.port()),
                        ConnectOptions.DEFAULT,
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {}
                        });
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                call(connecting.channel(), probe, service, answer);
            } else {
                answer.complete(
                        new ProbeAnswer.Bad(String.valueOf(connecting.cause().getMessage())));
            }
        });
        try {
            return answer.get(probe.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return new ProbeAnswer.Bad("no answer within " + probe.timeout().toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed so", e);
        } finally {
            connecting.channel().close();
        }
    }

    private static void call(Channel channel, Probe probe, String service, CompletableFuture<ProbeAnswer> answer) {
        Http2ClientConnection connection = new Http2ClientConnection(HttpLimits.DEFAULT);
        channel.pipeline().addLast(connection.handler());
        GrpcRequest request =
                GrpcRequest.of("http", probe.host() + ":" + probe.port(), CHECK).withDeadline(probe.timeout());
        GrpcClient.unary(connection, request, question(service), new GrpcUnaryListener() {
            @Override
            public void onResponse(byte[] message) {
                answer.complete(read(message));
            }

            @Override
            public void onFailure(GrpcStatus status) {
                answer.complete(new ProbeAnswer.Bad(status.toString()));
            }
        });
    }

    static byte[] question(String service) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            if (!service.isEmpty()) {
                out.writeString(SERVICE, service);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static ProbeAnswer read(byte[] message) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            int status = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == STATUS
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                    status = in.readEnum();
                } else {
                    in.skipField(tag);
                }
            }
            return status == SERVING
                    ? new ProbeAnswer.Good()
                    : new ProbeAnswer.Bad("the health service answers status " + status + " (expected: 1, SERVING)");
        } catch (IOException _) {
            return new ProbeAnswer.Bad("the health service answers nothing that can be read");
        }
    }
}
