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
    private static final String TABLE = "authentication.yaml";
    private static FieldTable table;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        table = FieldTable.start(plane, TABLE, MESH, _ -> {});
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        if (table != null) {
            table.close();
        }
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
