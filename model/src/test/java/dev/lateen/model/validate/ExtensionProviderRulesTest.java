package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Valid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtensionProviderRulesTest {
    private static List<Diagnostic> warnings(String kind, String settings) {
        ParsedResource parsed = ResourceReader.create()
                .read("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    extensionProviders: [{name: one, %s: {service: one.obs.svc.cluster.local, port: 80%s}}]
                """.formatted(kind, settings), "f.yaml")
                .getFirst();
        assertThat(parsed).isInstanceOf(Valid.class);
        return parsed.diagnostics();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zipkin | timeout: 5s | timeout",
                "zipkin | headers: [{name: a, value: b}] | headers",
                "zipkin | traceContextOption: USE_B3 | traceContextOption",
                "opentelemetry | serviceAttributeEnrichment: OTEL_SEMANTIC_CONVENTIONS | serviceAttributeEnrichment",
                "opentelemetry | resourceDetectors: {dynatrace: {}} | resourceDetectors.dynatrace",
                "opentelemetry | http: {path: /v1, headers: [{name: a, envName: B}]} | http.headers[0].envName",
                "opentelemetry | grpc: {initialMetadata: [{name: a, envName: B}]} | grpc.initialMetadata[0].envName",
                "envoyOtelAls | logFormat: {labels: {a: {b: c}}} | logFormat.labels.a",
                "envoyHttpAls | filterStateObjectsToLog: [a] | filterStateObjectsToLog"
            })
    void warnsOfWhatHasNoEffect(String kind, String settings, String field) {
        assertThat(warnings(kind, ", " + settings)).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(Severity.WARNING);
            assertThat(warning.path()).isEqualTo("spec.meshConfig.extensionProviders[0]." + kind + "." + field);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zipkin | path: /spans, traceContextOption: USE_B3_WITH_W3C_PROPAGATION",
                "opentelemetry | resourceDetectors: {environment: {}}, http: {path: /v1, headers: [{name: a, value: b}]}",
                "envoyOtelAls | logFormat: {text: a, labels: {a: b}}"
            })
    void isSilentAboutTheRest(String kind, String settings) {
        assertThat(warnings(kind, ", " + settings)).isEmpty();
    }

    @Test
    void warnsOfAKindThatIsNotUsed() {
        assertThat(warnings("skywalking", ""))
                .singleElement()
                .matches(one -> one.code().equals("unsupported"));
    }
}
