package dev.lateen.e2e.grpc;

import com.google.protobuf.StringValue;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// An application on grpc-java, a process of its own: it serves one method, and calls it on behalf of a test.
/// Its twin in Go is `src/test/go/grpcpeer`.
///
/// Environment: PEER_NAME; HOST and PORT, where tests ask it; GRPC_PORT, where it serves (none: it only calls);
/// GRPC_XDS, `true` where its server and its channels are configured by xDS; GRPC_XDS_BOOTSTRAP as the library
/// has it.
///
/// The method answers `NAME CALLER ATTEMPT`: the SPIFFE id in the caller's certificate or `-`, and how often
/// the call was tried before. Metadata say how it behaves: `x-fail: N` fails the first N attempts, `x-delay:
/// MS` waits.
///
///   /call?target=T&count=N&millis=M&h=name:value   one line for each different answer: how often, and which
///   /ready                                         whether the server serves
public final class GrpcPeer {
    static final String METHOD = "lateen.test.Peer/Ask";
    private static final String NAME = System.getenv().getOrDefault("PEER_NAME", "peer");
    private static final boolean XDS = "true".equals(System.getenv("GRPC_XDS"));
    private static final MethodDescriptor<StringValue, StringValue> ASK =
            MethodDescriptor.<StringValue, StringValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(METHOD)
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();
    private static final Metadata.Key<String> FAIL = key("x-fail");
    private static final Metadata.Key<String> DELAY = key("x-delay");
    private static final Metadata.Key<String> ATTEMPTS = key("grpc-previous-rpc-attempts");
    private static final Context.Key<Metadata> HEADERS = Context.key("headers");
    private static final Context.Key<String> CALLER = Context.key("caller");
    private static final Map<String, ManagedChannel> CHANNELS = new ConcurrentHashMap<>();

    private GrpcPeer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String host = System.getenv().getOrDefault("HOST", "127.0.0.1");
        int http = Integer.parseInt(System.getenv().getOrDefault("PORT", "0"));
        HttpServer control = HttpServer.create(new InetSocketAddress(host, http), 64);
        control.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        control.createContext("/call", exchange -> answer(exchange, call(exchange)));
        control.createContext("/ready", exchange -> answer(exchange, NAME));
        String served = System.getenv().getOrDefault("GRPC_PORT", "");
        control.start();
        System.out.println("control " + control.getAddress().getPort());
        if (!served.isEmpty()) {
            Server server = server(Integer.parseInt(served)).start();
            System.out.println("serving");
            server.awaitTermination();
        }
    }

    /// What the JVM of such a process is started with.
    public static List<String> arguments() {
        return List.of(
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                GrpcPeer.class.getName());
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Server server(int port) {
        ServerBuilder<?> builder = XDS
                ? XdsServerBuilder.forPort(port, XdsServerCredentials.create(InsecureServerCredentials.create()))
                : NettyServerBuilder.forPort(port);
        return builder.addService(ServerServiceDefinition.builder("lateen.test.Peer")
                        .addMethod(ASK, ServerCalls.asyncUnaryCall(GrpcPeer::ask))
                        .build())
                .intercept(new Notes())
                .build();
    }

    private static void ask(StringValue question, StreamObserver<StringValue> answers) {
        Metadata headers = Objects.requireNonNull(HEADERS.get());
        int attempt = number(headers.get(ATTEMPTS));
        if (attempt < number(headers.get(FAIL))) {
            answers.onError(Status.UNAVAILABLE.withDescription("as asked").asRuntimeException());
            return;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(number(headers.get(DELAY))));
        answers.onNext(StringValue.of(NAME + " " + CALLER.get() + " " + attempt));
        answers.onCompleted();
    }

    private static int number(String text) {
        return text == null ? 0 : Integer.parseInt(text);
    }

    /// Makes what a call brings known to the method.
    private static final class Notes implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Context noted = Context.current()
                    .withValues(
                            HEADERS,
                            headers,
                            CALLER,
                            caller(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
            return Contexts.interceptCall(noted, call, headers, next);
        }
    }

    private static String caller(SSLSession session) {
        if (session == null) {
            return "-";
        }
        try {
            Certificate first = session.getPeerCertificates()[0];
            for (List<?> name : ((X509Certificate) first).getSubjectAlternativeNames()) {
                if (name.get(1) instanceof String text && text.startsWith("spiffe://")) {
                    return text;
                }
            }
            return "nameless";
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return "unverified";
        }
    }

    private static String call(HttpExchange exchange) {
        String target = "";
        int count = 1;
        long millis = 10_000;
        Metadata metadata = new Metadata();
        for (String part : exchange.getRequestURI().getRawQuery().split("&")) {
            String name = part.substring(0, part.indexOf('='));
            String value = URLDecoder.decode(part.substring(part.indexOf('=') + 1), StandardCharsets.UTF_8);
            switch (name) {
                case "target" -> target = value;
                case "count" -> count = Integer.parseInt(value);
                case "millis" -> millis = Long.parseLong(value);
                case "h" ->
                    metadata.put(key(value.substring(0, value.indexOf(':'))), value.substring(value.indexOf(':') + 1));
                default -> throw new IllegalArgumentException(name);
            }
        }
        Channel channel = ClientInterceptors.intercept(
                CHANNELS.computeIfAbsent(target, GrpcPeer::channel),
                MetadataUtils.newAttachHeadersInterceptor(metadata));
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            answers.merge(one(channel, millis), 1, Integer::sum);
        }
        List<String> lines = new ArrayList<>();
        answers.forEach((answer, times) -> lines.add(times + " " + answer));
        return String.join("\n", lines);
    }

    private static ManagedChannel channel(String target) {
        return Grpc.newChannelBuilder(
                        target,
                        XDS
                                ? XdsChannelCredentials.create(InsecureChannelCredentials.create())
                                : InsecureChannelCredentials.create())
                .build();
    }

    private static String one(Channel channel, long millis) {
        try {
            return ClientCalls.blockingUnaryCall(
                            channel,
                            ASK,
                            CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS),
                            StringValue.of(NAME))
                    .getValue();
        } catch (StatusRuntimeException failure) {
            return failure.getStatus().getCode() + " " + failure.getStatus().getDescription();
        }
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        try (var body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }
}
