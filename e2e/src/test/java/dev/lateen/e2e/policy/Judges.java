package dev.lateen.e2e.policy;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.Upstream;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Servers that decide for policies with action CUSTOM, by HTTP and by gRPC: a request is refused where its header
/// `x-verdict` says so, a connection where it comes from an identity of namespace `banned`.
///
/// Thread: those of the servers.
record Judges(Upstream http, UnaryServer grpc) implements AutoCloseable {
    private static final String REFUSE = "refuse";

    static Judges start() throws IOException {
        Upstream http = new Upstream((request, socket) -> socket.getOutputStream()
                .write((request.contains(REFUSE)
                                ? Upstream.response(403, "not by me", "x-judge: http")
                                : Upstream.response(200, "", "x-judged: yes"))
                        .getBytes(StandardCharsets.ISO_8859_1)));
        UnaryServer grpc = UnaryServer.authorization(Judges::check);
        return new Judges(http, grpc);
    }

    private static void check(CheckRequest question, StreamObserver<CheckResponse> answer) {
        AttributeContext asked = question.getAttributes();
        boolean refused = asked.getRequest().getHttp().getHeadersMap().containsValue(REFUSE)
                || asked.getSource().getPrincipal().contains("/ns/banned/");
        int code = refused ? Code.PERMISSION_DENIED_VALUE : Code.OK_VALUE;
        answer.onNext(CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(code))
                .build());
        answer.onCompleted();
    }

    void addTo(Bootstrap bootstrap) {
        bootstrap.cluster("outbound|80||judge.default.svc.cluster.local", http.port());
        bootstrap.grpcCluster("outbound|90||judge.default.svc.cluster.local", grpc.port());
    }

    @Override
    public void close() throws IOException {
        http.close();
        grpc.close();
    }
}
