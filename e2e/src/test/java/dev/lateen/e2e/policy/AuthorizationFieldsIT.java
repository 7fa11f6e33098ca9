package dev.lateen.e2e.policy;

import dev.lateen.e2e.behaviour.DataPlane;
import java.io.IOException;
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
              - {issuer: "https://a.test", jwks: 'KEYS-A'}
              - {issuer: "https://b.test", jwks: 'KEYS-B'}
            """;
    private static final String TABLE = "authorization.yaml";
    private static Judges judges;
    private static FieldTable table;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        judges = Judges.start();
        table = FieldTable.start(plane, TABLE, MESH, judges::addTo);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (table != null) {
            table.close();
        }
        judges.close();
    }

    static Stream<Arguments> fields() throws IOException {
        return FieldTable.fields(TABLE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void doesWhatItSays(String field, int index) throws Exception {
        table.check(index);
    }
}
