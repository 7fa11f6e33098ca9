package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.rpc.Code;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.QueryParameter;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Asking an authorization server by gRPC.
@ParameterizedClass
@EnumSource(DataPlane.class)
class GrpcAuthzIT {
    private static final String PACKAGE = "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    private static final List<AttributeContext> SEEN = new CopyOnWriteArrayList<>();
    private static RunningProxy proxy;
    private static Upstream echo;
    private static UnaryServer server;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        server = UnaryServer.authorization(GrpcAuthzIT::check);
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .grpcCluster("server", server.port())
                .grpcCluster("gone", Ports.free())
                .http("asks", "", authz("server", ""), perRoute() + ROUTE)
                .http("open", "", authz("server", "failure_mode_allow: true,"), ROUTE)
                .http("closed", "", authz("gone", "status_on_error: {code: ServiceUnavailable},"), ROUTE)
                .http("body", "", authz("server", "with_request_body: {max_request_bytes: 10},"), ROUTE));
    }

    private static String authz(String cluster, String fields) {
        return """
                {name: envoy.filters.http.ext_authz, typed_config: {"@type": %sExtAuthz, %s transport_api_version: V3,
                  grpc_service: {envoy_grpc: {cluster_name: %s, authority: authz.test}, timeout: 2s}}},
                """.formatted(PACKAGE, fields, cluster);
    }

    private static String perRoute() {
        return """
                {match: {prefix: /told}, route: {cluster: echo}, typed_per_filter_config: {envoy.filters.http.ext_authz: {
                  "@type": %sExtAuthzPerRoute, check_settings: {context_extensions: {tenant: blue}}}}},
                """.formatted(PACKAGE);
    }

    private static void check(CheckRequest question, StreamObserver<CheckResponse> answer) {
        SEEN.add(question.getAttributes());
        String path = question.getAttributes().getRequest().getHttp().getPath();
        if (path.startsWith("/silent")) {
            return;
        }
        if (path.startsWith("/fail")) {
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        answer.onNext(path.startsWith("/deny") ? denied(path) : allowed(path));
        answer.onCompleted();
    }

    private static CheckResponse denied(String path) {
        CheckResponse.Builder verdict = CheckResponse.newBuilder()
                .setStatus(com.google.rpc.Status.newBuilder().setCode(Code.PERMISSION_DENIED_VALUE));
        if (path.startsWith("/deny/silently")) {
            return verdict.build();
        }
        return verdict.setDeniedResponse(DeniedHttpResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(StatusCode.PaymentRequired))
                        .addHeaders(header("x-why", "money", false))
                        .setBody("pay first"))
                .build();
    }

    private static CheckResponse allowed(String path) {
        OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
        if (path.startsWith("/change")) {
            ok.addHeaders(header("x-user", "me", false))
                    .addHeaders(header("x-added", "two", true))
                    .addHeadersToRemove("x-secret")
                    .addResponseHeadersToAdd(header("x-to-client", "hello", false))
                    .addQueryParametersToSet(
                            QueryParameter.newBuilder().setKey("k").setValue("v"))
                    .addQueryParametersToRemove("gone");
        }
        return CheckResponse.newBuilder().setOkResponse(ok).build();
    }

    @SuppressWarnings("deprecation") // `append` is what servers send.
    private static HeaderValueOption header(String name, String value, boolean append) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppend(BoolValue.of(append))
                .build();
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        server.close();
    }

    private static AttributeContext seen(String path) {
        return SEEN.stream()
                .filter(each -> each.getRequest().getHttp().getPath().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void changesWhatTheServerSays() throws Exception {
        Reply reply =
                proxy.client("asks").get("/change?gone=1&stays=2", "x-user: forged", "x-added: one", "x-secret: s");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.field("x-to-client")).isEqualTo("hello");
        assertThat(reply.body())
                .startsWith(
                        plane == DataPlane.LATEEN
                                ? "GET /change?stays=2&k=v HTTP/1.1"
                                : "GET /change?k=v&stays=2 HTTP/1.1") // sorted by name
                .contains("x-user: me", "x-added: one", "two")
                .doesNotContain("forged", "x-secret");
    }

    @Test
    void tellsTheServerAboutTheRequest() throws Exception {
        String path = "/told?" + plane;
        assertThat(proxy.client("asks").get(path, "x-shown: 1").status()).isEqualTo(200);
        AttributeContext told = seen(path);
        AttributeContext.HttpRequest http = told.getRequest().getHttp();
        assertThat(http.getMethod()).isEqualTo("GET");
        assertThat(http.getHost()).isEqualTo("a.test");
        assertThat(http.getProtocol()).isEqualTo("HTTP/1.1");
        assertThat(http.getHeadersMap()).containsEntry("x-shown", "1").containsEntry(":path", path);
        assertThat(told.getContextExtensionsMap()).containsEntry("tenant", "blue");
        assertThat(told.getDestination().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(proxy.port("asks"));
        assertThat(told.getSource().getAddress().getSocketAddress().getAddress())
                .isEqualTo("127.0.0.1");
    }

    @Test
    void givesTheClientTheServersRefusal() throws Exception {
        Reply reply = proxy.client("asks").get("/deny?refused");
        assertThat(reply.status()).isEqualTo(402);
        assertThat(reply.field("x-why")).isEqualTo("money");
        assertThat(reply.body()).isEqualTo("pay first");
        LogLine line = proxy.logged("/deny?refused");
        assertThat(line.flags()).isEqualTo("UAEX");
        assertThat(line.details()).isEqualTo("ext_authz_denied");
        assertThat(echo.count("/deny?refused")).isZero();
    }

    @Test
    void refusesWith403WhereTheServerSaysNoMore() throws Exception {
        Reply reply = proxy.client("asks").get("/deny/silently");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void refusesWhereTheServerFails() throws Exception {
        assertThat(proxy.client("asks").get("/fail?failed").status()).isEqualTo(403);
        assertThat(proxy.logged("/fail?failed").details()).isEqualTo("ext_authz_error");
        assertThat(proxy.client("closed").get("/").status()).isEqualTo(503);
    }

    @Test
    void refusesWhereTheServerIsSilent() throws Exception {
        assertThat(proxy.client("asks").get("/silent?waited").status()).isEqualTo(403);
        LogLine line = proxy.logged("/silent?waited");
        assertThat(line.details()).isEqualTo("ext_authz_error");
        assertThat(line.flags()).isEqualTo("UAEX");
    }

    @Test
    void passesWhereTheServerFailsIfAsked() throws Exception {
        assertThat(proxy.client("open").get("/fail").status()).isEqualTo(200);
        assertThat(proxy.client("open").get("/silent").status()).isEqualTo(200);
        assertThat(proxy.client("open").get("/deny").status()).isEqualTo(402);
    }

    @Test
    void showsTheServerTheBody() throws Exception {
        String path = "/body?" + plane;
        Reply reply = proxy.client("body").send(HttpClient.head("POST", path, "content-length: 5") + "hello", "POST");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).endsWith("hello");
        assertThat(seen(path).getRequest().getHttp().getBody()).isEqualTo("hello");
    }
}
