package dev.lateen.e2e.mesh;

import com.google.rpc.Code;
import com.google.rpc.Status;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// An authorization server of the tests, a process of its own. It allows what has `good` in its path. It speaks gRPC
/// where the environment says so, else HTTP.
final class Judge {
    static final String REFUSAL = "the judge says no";

    private Judge() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(
                System.getenv().getOrDefault("HOST", "0.0.0.0"),
                Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")));
        if (System.getenv("JUDGE_GRPC") == null) {
            serveHttp(address);
            return;
        }
        UnaryServer.authorization(address, Judge::check).server().awaitTermination();
    }

    private static void serveHttp(InetSocketAddress address) throws IOException {
        HttpServer server = HttpServer.create(address, 64);
        server.createContext("/", exchange -> {
            try (exchange) {
                boolean good = exchange.getRequestURI().getPath().contains("good");
                byte[] body = (good ? "" : REFUSAL).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(good ? 200 : 403, good ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    private static void check(CheckRequest question, StreamObserver<CheckResponse> answer) {
        boolean good = question.getAttributes().getRequest().getHttp().getPath().contains("good");
        CheckResponse verdict = good
                ? CheckResponse.getDefaultInstance()
                : CheckResponse.newBuilder()
                        .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE))
                        .setDeniedResponse(DeniedHttpResponse.newBuilder().setBody(REFUSAL))
                        .build();
        answer.onNext(verdict);
        answer.onCompleted();
    }
}
