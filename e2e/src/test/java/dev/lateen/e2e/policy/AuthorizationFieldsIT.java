package dev.lateen.e2e.policy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.TokenIssuer;
import dev.lateen.e2e.behaviour.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each field of AuthorizationPolicy does on both data planes what the table says: from YAML by checks, binding and
/// translation to a real proxy's answer.
@ParameterizedClass
@EnumSource(DataPlane.class)
class AuthorizationFieldsIT {
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                trustDomain: new.example
                trustDomainAliases: [old.example]
                extensionProviders:
                - {name: by-http, envoyExtAuthzHttp: {service: judge.default.svc.cluster.local, port: 80,
                   includeRequestHeadersInCheck: [x-verdict], headersToUpstreamOnAllow: [x-judged]}}
                - {name: by-grpc, envoyExtAuthzGrpc: {service: judge.default.svc.cluster.local, port: 90}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: judge, namespace: default}
            spec: {clusterIP: 10.96.0.7, selector: {app: judge}, ports: [{name: http, port: 80}, {name: grpc, port: 90}]}
            ---
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: tokens, namespace: default}
            spec:
              selector: {matchLabels: {app: shop}}
              jwtRules:
              - {issuer: "https://a.test", jwks: '%s'}
              - {issuer: "https://b.test", jwks: '%s'}
            """;
    private static List<FieldRow> rows;
    private static Upstream http;
    private static TcpEcho tcp;
    private static Judges judges;
    private static FieldProxy proxy;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        String obstacle = plane.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        TokenIssuer a = TokenIssuer.create("a");
        TokenIssuer b = TokenIssuer.create("b");
        rows = rows(MESH.formatted(a.keys(), b.keys()));
        http = Upstream.echo();
        tcp = TcpEcho.start();
        judges = Judges.start();
        FieldWire wire = new FieldWire(new Identities(Files.createTempDirectory("fields-")), Map.of("a", a, "b", b));
        proxy = FieldProxy.start(plane, rows, wire, http.port(), tcp.port(), judges::addTo);
    }

    private static List<FieldRow> rows(String more) throws IOException {
        return FieldRow.read("authorization.yaml", more);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            http.close();
            tcp.close();
            judges.close();
        }
    }

    static Stream<Arguments> fields() throws IOException {
        List<FieldRow> all = rows("");
        return IntStream.range(0, all.size())
                .mapToObj(index -> Arguments.of(all.get(index).field(), index));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void doesWhatItSays(String field, int index) throws Exception {
        proxy.check(rows.get(index), index);
    }
}
