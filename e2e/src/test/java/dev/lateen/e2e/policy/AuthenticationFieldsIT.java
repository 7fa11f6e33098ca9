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

/// Each field of RequestAuthentication does on both data planes what the table says: from YAML by checks, binding and
/// translation to a real proxy's answer.
@ParameterizedClass
@EnumSource(DataPlane.class)
class AuthenticationFieldsIT {
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "{trustDomain: new.example}"}
            """;
    private static List<FieldRow> rows;
    private static Upstream http;
    private static TcpEcho tcp;
    private static FieldProxy proxy;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        String obstacle = plane.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        Map<String, TokenIssuer> issuers =
                Map.of("a", TokenIssuer.create("a"), "b", TokenIssuer.create("b"), "stranger", TokenIssuer.create("a"));
        rows = FieldRow.read("authentication.yaml", MESH).stream()
                .map(row -> row.with("KEYS-A", issuers.get("a").keys())
                        .with("KEYS-B", issuers.get("b").keys()))
                .toList();
        http = Upstream.echo();
        tcp = TcpEcho.start();
        FieldWire wire = new FieldWire(new Identities(Files.createTempDirectory("fields-")), issuers);
        proxy = FieldProxy.start(plane, rows, wire, http.port(), tcp.port(), _ -> {});
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
            http.close();
            tcp.close();
        }
    }

    static Stream<Arguments> fields() throws IOException {
        List<FieldRow> all = FieldRow.read("authentication.yaml", "");
        return IntStream.range(0, all.size())
                .mapToObj(index -> Arguments.of(all.get(index).field(), index));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void doesWhatItSays(String field, int index) throws Exception {
        proxy.check(rows.get(index), index);
    }
}
