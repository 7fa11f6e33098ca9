package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a Service that wants to be reached through nodes.
class NodeSelectorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "NodePort     | {}                     | ``",
                "NodePort     | {\"role\": \"edge\"}   | ``",
                "NodePort     | edge                   | bad-selector",
                "NodePort     | [edge]                 | bad-selector",
                "LoadBalancer | {}                     | no-effect",
                "ClusterIP    | edge                   | no-effect",
            })
    void isReportedWhereItSelectsNothing(String type, String selector, String code) {
        var found = ResourceReader.create()
                .read("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: a, namespace: b, annotations: {traffic.istio.io/nodeSelector: '%s'}}
                        spec: {type: %s, ports: [{name: tls, port: 15443}]}
                        """.formatted(selector, type), "services.yaml")
                .getFirst()
                .diagnostics();
        assertThat(found).extracting(Diagnostic::code).isEqualTo(code.isEmpty() ? List.of() : List.of(code));
        assertThat(found).allSatisfy(one -> assertThat(one.at().line()).isEqualTo(3));
    }
}
