package dev.lateen.proxy.cluster;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.lateen.net.grpc.GrpcCall;
import dev.lateen.net.grpc.GrpcClient;
import dev.lateen.net.grpc.GrpcCode;
import dev.lateen.net.grpc.GrpcRequest;
import dev.lateen.net.grpc.GrpcStatus;
import dev.lateen.net.grpc.GrpcUnaryListener;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Checks a host by gRPC's health service.
///
/// Limits: `MAX_MESSAGE` bytes of an answer.
///
/// Source: grpc.health.v1. Thread: chores loop.
final class GrpcProbe implements HostProbe {
    static final int MAX_MESSAGE = 1024;
    private static final String PATH = "/grpc.health.v1.Health/Check";
    private static final int SERVICE = 1;
    private static final int STATUS = 1;
    private static final int SERVING = 1;

    private final CheckKind.Grpc kind;
    private final CheckConnection connection;
    private final String authority;
    private final byte[] question;
    private @Nullable Exchange current;

    GrpcProbe(CheckKind.Grpc kind, CheckConnection connection, String authority) {
        this.kind = kind;
        this.connection = connection;
        this.authority = authority;
        this.question = question(kind.service());
    }

    private static byte[] question(String service) {
        if (service.isEmpty()) {
            return new byte[0];
        }
        byte[] bytes = new byte[CodedOutputStream.computeStringSize(SERVICE, service)];
        try {
            CodedOutputStream.newInstance(bytes).writeString(SERVICE, service);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    /// Whether the message says that it serves.
    static boolean serves(byte[] message) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            int status = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == STATUS
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                    status = in.readEnum();
                } else if (!in.skipField(tag)) {
                    return false;
                }
            }
            return status == SERVING;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void start(Outcome outcome) {
        Exchange exchange = new Exchange(outcome);
        current = exchange;
        connection.use(exchange);
    }

    @Override
    public void cancel() {
        Exchange exchange = current;
        if (exchange != null) {
            exchange.over = true;
        }
        connection.close();
    }

    @Override
    public void close() {
        connection.close();
    }

    /// One check.
    private final class Exchange implements CheckConnection.User, GrpcUnaryListener {
        private final Outcome outcome;
        private boolean over;

        Exchange(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void onConnection(ClientConnection open) {
            Headers metadata = new Headers(2);
            for (CheckKind.Field field : kind.metadata()) {
                metadata.add(field.name(), field.value());
            }
            GrpcRequest request = new GrpcRequest(
                    open.tls() == null ? "http" : "https", authority, PATH, metadata, Duration.ZERO, MAX_MESSAGE);
            GrpcCall _ = GrpcClient.unary(open, request, question, this);
        }

        @Override
        public void onNoConnection() {
            end(CheckResult.NETWORK);
        }

        @Override
        public void onResponse(byte[] response) {
            answered(serves(response) ? CheckResult.PASSED : CheckResult.FAILED);
        }

        @Override
        public void onFailure(GrpcStatus status) {
            // What a server answers is its own word; that nobody answers may have other reasons.
            answered(status.code() == GrpcCode.UNAVAILABLE ? CheckResult.NETWORK : CheckResult.FAILED);
        }

        private void answered(CheckResult result) {
            if (!over) {
                connection.done();
                end(result);
            }
        }

        private void end(CheckResult result) {
            if (!over) {
                over = true;
                outcome.onResult(result);
            }
        }
    }
}
