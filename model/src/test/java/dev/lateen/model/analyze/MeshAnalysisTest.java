package dev.lateen.model.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshAnalysisTest {
    private static final AnalysisSettings FILES =
            new AnalysisSettings("istio-system", true, true, Instant.parse("2026-06-01T00:00:00Z"));

    @Test
    void pointsAtTheVeryField() {
        List<Message> messages = analysed("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: a, namespace: shop}
                spec:
                  host: b
                """);
        assertThat(messages).hasSize(1);
        assertThat(messages.getFirst().diagnostic().code()).isEqualTo("IST0174");
        assertThat(messages.getFirst().diagnostic().path()).isEqualTo("spec.host");
        assertThat(messages.getFirst().diagnostic().at().line()).isEqualTo(5);
    }

    @Test
    void saysOnceWhatOurOwnCheckFindsToo() {
        List<Message> messages = analysed("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: a, namespace: shop}
                spec:
                  hosts: [a]
                  gateways: [none]
                  http: [{route: [{destination: {host: b}}]}]
                """);
        assertThat(messages).extracting(message -> message.diagnostic().code()).doesNotContain("reference-not-found");
        assertThat(messages)
                .extracting(message -> message.diagnostic().code())
                .containsExactly("IST0101", "IST0101", "IST0132");
    }

    @Test
    void keepsAdviceThatIstioHasNoMessageFor() {
        List<Message> messages = analysed("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: a, namespace: shop}
                spec:
                  hosts: [a]
                  http:
                  - route: [{destination: {host: a}}]
                  - match: [{uri: {prefix: /x}}]
                    route: [{destination: {host: a}}]
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: a, namespace: shop}
                spec: {ports: [{name: http, port: 80}]}
                """);
        assertThat(messages).extracting(message -> message.diagnostic().code()).containsExactly("unreachable");
    }

    @Test
    void trustsNoGatewayThatFilesReplace() {
        String gateway = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: web, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 80, name: http, protocol: HTTP}
                    hosts: ["*"]
                """;
        assertThat(analysed(gateway)).isEmpty();
        assertThat(analysed(gateway + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: istio-ingressgateway, namespace: istio-system}
                spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 81}]}
                """)).isNotEmpty();
    }

    private static List<Message> analysed(String text) {
        return new MeshAnalysis(FILES, List.of()).withAdvice(parsed(text), byDefault());
    }

    static List<Analyzer> byDefault() {
        return Analyzer.all().stream().filter(Analyzer::byDefault).toList();
    }

    static List<RawResource> parsed(String text) {
        return new ResourceParser(ParserSettings.DEFAULT)
                .parse(text, "mesh.yaml").stream()
                        .map(parsed -> ((Valid) parsed).resource())
                        .toList();
    }
}
