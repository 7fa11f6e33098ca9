package dev.lateen.proxy.http;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.http.filter.LocalReply;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.WeightedCluster;
import dev.lateen.proxy.route.RouteEntry;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes the proxy's own answers, in the form that the client understands.
///
/// Source: Envoy's local replies; gRPC over HTTP/2, "Responses". Thread: event loop of the request.
final class LocalReplies {
    private static final int UNKNOWN = 2;

    private LocalReplies() {}

    static void send(RequestPath path, LocalReply given) {
        path.info().status = given.status();
        ReplyRule rule = rule(path);
        LocalReply reply = rule == null || rule.status() == 0 ? given : given.withStatus(rule.status());
        Headers headers =
                reply.headers() == null ? new Headers(8) : reply.headers().copy();
        if (path.grpc() && reply.dress() != LocalReply.Dress.AS_IS) {
            sendGrpc(path, reply, headers, rule);
            return;
        }
        boolean bodiless = reply.body().isEmpty();
        if (!bodiless) {
            if (!headers.contains("content-type")) {
                headers.add("content-type", "text/plain");
            }
            headers.set("content-length", Integer.toString(reply.body().size()));
        }
        change(path, reply, headers, rule);
        if (bodiless || path.head().method().equals("HEAD")) {
            path.sendHead(new ResponseHead(reply.status(), headers), true);
            return;
        }
        path.sendHead(new ResponseHead(reply.status(), headers), false);
        if (!path.finished()) {
            ByteBuf body = path.stream
                    .connection()
                    .channel()
                    .alloc()
                    .buffer(reply.body().size());
            path.sendData(body.writeBytes(reply.body().asReadOnlyByteBuffer()), true);
        }
    }

    /// What a route says instead of leading to a cluster.
    static void direct(RequestPath path, int status, ByteString body) {
        path.reply(LocalReply.of(status, body, "direct_response").in(LocalReply.Dress.ROUTES_OWN));
    }

    static void redirect(RequestPath path, String location, int status) {
        Headers headers = new Headers(4);
        headers.add("location", location);
        path.reply(LocalReply.of(status, "", "direct_response").with(headers).in(LocalReply.Dress.ROUTES_OWN));
    }

    private static void sendGrpc(RequestPath path, LocalReply reply, Headers headers, @Nullable ReplyRule rule) {
        headers.set("content-type", "application/grpc");
        int status = reply.grpcStatus() >= 0 ? reply.grpcStatus() : grpcStatus(reply.status());
        headers.set("grpc-status", Integer.toString(status));
        if (!reply.body().isEmpty() && !path.head().method().equals("HEAD")) {
            headers.set("grpc-message", percentEncode(reply.body()));
        }
        change(path, reply, headers, rule);
        path.sendHead(new ResponseHead(200, headers), true);
    }

    private static @Nullable ReplyRule rule(RequestPath path) {
        List<ReplyRule> rules = path.worker.config.responses().own();
        for (int index = 0; index < rules.size(); index++) {
            if (rules.get(index).filter().accepts(path.info(), Surroundings.NONE)) {
                return rules.get(index);
            }
        }
        return null;
    }

    private static void change(RequestPath path, LocalReply reply, Headers headers, @Nullable ReplyRule rule) {
        if (rule != null) {
            rule.headers().applyTo(headers, path.info());
        }
        RouteEntry route = path.route();
        if (route == null || reply.dress() == LocalReply.Dress.AS_IS) {
            return;
        }
        if (route.route().action() instanceof Forward forward) {
            WeightedCluster weighted = RequestTarget.weighted(forward.cluster(), path.head(), path.random());
            if (weighted != null) {
                weighted.headers().response().applyTo(headers, path.info());
            }
            route.changeResponse(headers, path.info());
        } else if (reply.dress() == LocalReply.Dress.ROUTES_OWN) {
            route.changeResponse(headers, path.info());
        }
    }

    /// Source: gRPC, "HTTP to gRPC Status Code Mapping".
    static int grpcStatus(int status) {
        return switch (status) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> UNKNOWN;
        };
    }

    private static String percentEncode(ByteString text) {
        StringBuilder out = new StringBuilder(text.size());
        for (byte b : text) {
            if (b >= ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(String.format(Locale.ROOT, "%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
