package dev.lateen.proxy.authz;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One question to an authorization server, about a request or a connection.
///
/// Limits: an answer of 1 MiB. Thread: event loop of the request.
public final class AuthorizationCall {
    private static final int MAX_ANSWER = 1 << 20;
    private static final int SERVER_ERROR = 500;
    private static final String TO_REMOVE = "x-envoy-auth-headers-to-remove";

    /// Takes the verdict; may be called before `ask` has returned.
    public interface Listener {
        void onVerdict(Verdict verdict);
    }

    /// What the server is told besides the head.
    ///
    /// @param size of the request's body; -1: not known
    /// @param body as much of it as is told
    /// @param partial whether there is more of it
    public record Told(
            Optional<byte[]> body,
            boolean partial,
            boolean binary,
            long size,
            Map<String, String> context,
            List<String> metadata,
            boolean serverName) {}

    private AuthorizationCall() {}

    /// Null where there is nothing to cancel.
    public static @Nullable ClusterCall ask(
            ExtAuthzConfig config,
            @Nullable Cluster cluster,
            EventLoop loop,
            RequestHead head,
            StreamInfo info,
            Told told,
            Listener listener) {
        if (cluster == null) {
            listener.onVerdict(new Verdict.Failed(false));
            return null;
        }
        return switch (config.service()) {
            case ExtAuthzConfig.Grpc grpc -> {
                byte[] body = CheckCodec.encode(head, info, seen(config, head, told), told);
                yield ClusterCall.send(
                        cluster.on(loop),
                        GrpcMessages.head(grpc.authority(), CheckCodec.PATH, grpc.timeout(), grpc.metadata()),
                        body,
                        grpc.timeout(),
                        MAX_ANSWER,
                        answer(listener, CheckCodec::decode));
            }
            case ExtAuthzConfig.Http http ->
                ClusterCall.send(
                        cluster.on(loop),
                        question(config, http, head, told),
                        told.body().orElse(new byte[0]),
                        http.timeout(),
                        MAX_ANSWER,
                        answer(listener, (status, headers, body) -> verdict(http.answer(), status, headers, body)));
        };
    }

    /// As above, about a connection.
    static ClusterCall ask(
            ConnectionAuthzConfig config, Cluster cluster, EventLoop loop, StreamInfo info, Listener listener) {
        ExtAuthzConfig.Grpc server = config.service();
        return ClusterCall.send(
                cluster.on(loop),
                GrpcMessages.head(server.authority(), CheckCodec.PATH, server.timeout(), server.metadata()),
                CheckCodec.encode(info, config.serverName()),
                server.timeout(),
                MAX_ANSWER,
                answer(listener, CheckCodec::decode));
    }

    private interface Reader {
        Verdict read(int status, Headers headers, byte[] body);
    }

    private static ClusterCall.Answer answer(Listener listener, Reader reader) {
        return new ClusterCall.Answer() {
            @Override
            public void onAnswer(int status, Headers headers, byte[] body) {
                listener.onVerdict(reader.read(status, headers, body));
            }

            @Override
            public void onFailure(String reason, boolean timedOut) {
                listener.onVerdict(new Verdict.Failed(timedOut));
            }
        };
    }

    // ---- gRPC

    private static Map<String, String> seen(ExtAuthzConfig config, RequestHead head, Told told) {
        Map<String, String> seen = new LinkedHashMap<>();
        put(seen, config, ":method", head.method());
        put(seen, config, ":path", head.path());
        put(seen, config, ":authority", head.authority());
        put(seen, config, ":scheme", head.scheme());
        head.headers().forEach((name, value) -> put(seen, config, name, value));
        if (told.body().isPresent()) {
            seen.put("x-envoy-auth-partial-body", Boolean.toString(told.partial()));
        }
        return seen;
    }

    private static void put(Map<String, String> seen, ExtAuthzConfig config, String name, String value) {
        var allowed = config.question().headers();
        if ((allowed.isEmpty() || allowed.get().has(name))
                && !config.question().withheld().has(name)) {
            seen.merge(name, value, (first, next) -> first + "," + next);
        }
    }

    // ---- HTTP

    private static RequestHead question(ExtAuthzConfig config, ExtAuthzConfig.Http http, RequestHead head, Told told) {
        Headers headers = new Headers();
        head.headers().forEach((name, value) -> {
            boolean may = name.equals("authorization")
                    || http.allowed().has(name)
                    || config.question()
                            .headers()
                            .map(allowed -> allowed.has(name))
                            .orElse(false);
            if (may && !isFraming(name) && !config.question().withheld().has(name)) {
                headers.add(name, value);
            }
        });
        if (told.body().isPresent()) {
            headers.set("x-envoy-auth-partial-body", Boolean.toString(told.partial()));
        }
        http.headersToAdd().forEach(headers::set);
        headers.set(
                "content-length",
                Integer.toString(told.body().map(bytes -> bytes.length).orElse(0)));
        return new RequestHead(
                HttpVersion.HTTP_1_1,
                head.method(),
                head.scheme(),
                head.authority(),
                http.pathPrefix() + head.path(),
                headers);
    }

    /// What says how a message travels is a matter of each connection.
    private static boolean isFraming(String name) {
        return switch (name) {
            case "content-length",
                    "transfer-encoding",
                    "connection",
                    "upgrade",
                    "te",
                    "trailer",
                    "keep-alive",
                    "expect" -> true;
            default -> false;
        };
    }

    private static Verdict verdict(ExtAuthzConfig.AnswerHeaders rules, int status, Headers headers, byte[] body) {
        if (status >= SERVER_ERROR) {
            return new Verdict.Failed(false);
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (rules.metadata().has(name)) {
                metadata.put(name, value);
            }
        });
        if (status == 200) {
            return pass(rules, headers, metadata);
        }
        Headers shown = new Headers();
        headers.forEach((name, value) -> {
            boolean always = name.equals("www-authenticate") || name.equals("location");
            if (!isFraming(name)
                    && (rules.refused().isEmpty() || always || rules.refused().has(name))) {
                shown.add(name, value);
            }
        });
        return new Verdict.Refuse(status, shown, ByteString.copyFrom(body), metadata);
    }

    private static Verdict pass(ExtAuthzConfig.AnswerHeaders rules, Headers headers, Map<String, Object> metadata) {
        List<Verdict.Change> request = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        List<Verdict.Change> response = new ArrayList<>();
        headers.forEach((name, value) -> {
            if (name.equals(TO_REMOVE)) {
                for (String each : value.split(",", -1)) {
                    removed.add(each.strip().toLowerCase(java.util.Locale.ROOT));
                }
                return;
            }
            if (rules.upstream().has(name)) {
                request.add(new Verdict.Change(name, value, Verdict.Mode.SET));
            }
            if (rules.upstreamAppended().has(name)) {
                request.add(new Verdict.Change(name, value, Verdict.Mode.APPEND));
            }
            if (rules.passed().has(name)) {
                response.add(new Verdict.Change(name, value, Verdict.Mode.SET));
            }
        });
        return new Verdict.Pass(request, removed, response, Map.of(), List.of(), metadata);
    }
}
