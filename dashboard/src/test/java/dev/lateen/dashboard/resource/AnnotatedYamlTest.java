package dev.lateen.dashboard.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnotatedYamlTest {
    @Test
    void printsWhatWasRead() {
        String yaml = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: back
                  namespace: shop
                spec:
                  hosts:
                  - back
                  http:
                  - match:
                    - uri:
                        prefix: /api
                    route:
                    - destination:
                        host: back
                      weight: 100
                    timeout: "0.5s"
                """;
        assertThat(text(AnnotatedYaml.of(resource(yaml), List.of()))).isEqualTo(yaml);
    }

    @Test
    void putsAFindingAtItsLine() {
        String yaml = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: back, namespace: shop}
                spec: {hosts: [back], http: [{route: [{destination: {host: back}, wieght: 3}]}]}
                """;
        ParsedResource parsed = ResourceReader.create().read(yaml, "a.yaml").getFirst();
        List<Diagnostic> findings = parsed.diagnostics();
        assertThat(findings).isNotEmpty();
        assertThat(AnnotatedYaml.of(resource(yaml.replace("wieght", "weight")), findings))
                .filteredOn(line -> !line.notes().isEmpty())
                .singleElement()
                .satisfies(line -> assertThat(line.text()).contains("weight: 3"));
    }

    @Test
    void printsNoSecret() {
        String yaml = """
                apiVersion: v1
                kind: Secret
                metadata: {name: key, namespace: shop}
                data: {tls.key: c2VjcmV0}
                """;
        assertThat(text(AnnotatedYaml.of(resource(yaml), List.of())))
                .doesNotContain("c2VjcmV0")
                .contains("tls.key: \"[redacted]\"");
    }

    private static RawResource resource(String yaml) {
        return ((ParsedResource.Valid)
                        ResourceReader.create().read(yaml, "a.yaml").getFirst())
                .resource();
    }

    private static String text(List<AnnotatedYaml.Line> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }
}
