package dev.lateen.dashboard.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Position;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldPathTest {
    private static final String RULE = """
            spec:
              host: reviews
              subsets:
              - name: v1
              - name: v2
                trafficPolicy:
                  portLevelSettings:
                  - port: {number: 80}
                    outlierDetection: {}
            """;

    @ParameterizedTest
    @CsvSource({
        "spec.host, 2",
        "spec.subsets, 3",
        "spec.subsets[0], 4",
        "spec.subsets[name=v2], 5",
        "spec.subsets[name=v2].trafficPolicy, 6",
        "spec.subsets[name=v2].trafficPolicy.portLevelSettings[port.number=80].outlierDetection, 9",
        "spec.subsets[name=v3], 0",
        "spec.subsets[7], 0",
        "spec.host.deeper, 0",
    })
    void findsTheLineOfAField(String path, int line) {
        assertThat(FieldPath.find(root(), path).map(Position::line).orElse(0)).isEqualTo(line);
    }

    private static Node root() {
        return new YamlReader(YamlLimits.DEFAULT)
                .read(RULE, "rule.yaml").stream()
                        .map(YamlDocument.Read.class::cast)
                        .findFirst()
                        .orElseThrow()
                        .root();
    }
}
