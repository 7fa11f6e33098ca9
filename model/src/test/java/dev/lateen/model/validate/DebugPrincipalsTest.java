package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may see why a request is refused, as an annotation of AuthorizationPolicy says.
class DebugPrincipalsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cluster.local/ns/tools/sa/debugger",
                "cluster.local/ns/tools/*, td/ns/a/sa/b",
                "*/ns/tools/sa/debugger"
            })
    void namesPrincipalsAndPatterns(String principals) {
        assertThat(read(principals)).singleElement().isInstanceOf(ParsedResource.Valid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "", "a,,b", "cluster.local/ns/*/sa/debugger", "td/ns/a/sa/b, *"})
    void isNeverEverybody(String principals) {
        assertThat(read(principals).toString()).contains("not a principal that may see why it is refused");
    }

    private static List<ParsedResource> read(String principals) {
        return ResourceReader.create().read("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata:
                  name: a
                  namespace: b
                  annotations: {policy.lateen.dev/debug-principals: "%s"}
                spec: {}
                """.formatted(principals), "a.yaml");
    }
}
