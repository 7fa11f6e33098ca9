package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownWordsTest {
    private static List<Diagnostic> telemetry(String spec) {
        return ResourceReader.create()
                .read("""
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: words, namespace: shop}
                spec: {%s}
                """.formatted(spec), "words.yaml")
                .getFirst()
                .diagnostics();
    }

    private static List<Diagnostic> mesh(String config) {
        return ResourceReader.create()
                .read("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec: {meshConfig: {%s}}
                """.formatted(config), "mesh.yaml")
                .getFirst()
                .diagnostics();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "metrics: [{overrides: [{tagOverrides: {a: {value: request.tiem}}}]}]"
                        + "| metrics[0].overrides[0].tagOverrides.a.value | attribute 'request.tiem'",
                "metrics: [{overrides: [{match: {customMetric: requests}, disabled: true}]}]"
                        + "| metrics[0].overrides[0].match.customMetric | metric 'requests'",
                "accessLogging: [{filter: {expression: \"request.path.split('/')[0] == 'a'\"}}]"
                        + "| accessLogging[0].filter.expression | a field or an index of a result",
                "tracing: [{customTags: {a: {formatter: {value: '%NOT_THERE%'}}}}]"
                        + "| tracing[0].customTags.a.formatter.value | operator 'NOT_THERE'"
            })
    void warnsOfWordsThatOnlyEnvoyKnows(String spec, String field, String word) {
        assertThat(telemetry(spec)).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(Severity.WARNING);
            assertThat(warning.path()).isEqualTo("spec." + field);
            assertThat(warning.at().line()).isEqualTo(4);
            assertThat(warning.message()).startsWith("the mesh's own proxy does not know " + word + ": ");
        });
    }

    @Test
    void saysWhatIsKnown() {
        assertThat(telemetry("metrics: [{overrides: [{tagOverrides: {a: {value: request.hots}}}]}]"))
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.message()).contains("the label stays as it is there");
                    assertThat(warning.advice()).contains("did you mean 'request.host'?", "known are");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metrics: [{overrides: [{tagOverrides: {a: {value: 'request.path =='}}}]}]",
                "accessLogging: [{filter: {expression: 'a b'}}]"
            })
    void refusesWhatNobodyCanRead(String spec) {
        assertThat(telemetry(spec))
                .singleElement()
                .matches(error -> error.severity() == Severity.ERROR)
                .matches(error -> error.code().equals("bad-expression"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "accessLogFormat: '%NOT_THERE%' | accessLogFormat | unsupported",
                "accessLogFormat: 'all of %PROTOCOL%', accessLogEncoding: JSON | accessLogFormat | no-effect",
                "accessLogFormat: '[1]', accessLogEncoding: JSON | accessLogFormat | no-effect",
                "enableEnvoyAccessLogService: true | enableEnvoyAccessLogService | no-effect",
                "extensionProviders: [{name: a, envoyFileAccessLog: {path: /a, logFormat: {text: '5%'}}}]"
                        + "| extensionProviders[0].envoyFileAccessLog.logFormat.text | unsupported",
                "extensionProviders: [{name: a, envoyFileAccessLog: {path: /a, logFormat:"
                        + " {labels: {a: {b: ['%NOT_THERE%']}}}}}]"
                        + "| extensionProviders[0].envoyFileAccessLog.logFormat.labels.a.b[0] | unsupported",
                "defaultConfig: {tracing: {customTags: {a: {formatter: {value: '%NOT_THERE%'}}}}}"
                        + "| defaultConfig.tracing.customTags.a.formatter.value | unsupported",
                "defaultConfig: {tracing: {datadog: {address: 'a.b:8126'}}} | defaultConfig.tracing.datadog | unsupported",
                "defaultConfig: {statsdUdpAddress: 'a.b:8125'} | defaultConfig.statsdUdpAddress | no-effect",
                "defaultConfig: {envoyMetricsService: {address: 'a.b:80'}}"
                        + "| defaultConfig.envoyMetricsService | no-effect",
                "defaultConfig: {extraStatTags: [a]} | defaultConfig.extraStatTags | no-effect",
                "defaultConfig: {proxyStatsMatcher: {inclusionPrefixes: [a]}}"
                        + "| defaultConfig.proxyStatsMatcher | no-effect"
            })
    void warnsOfSettingsOfTheMesh(String config, String field, String code) {
        assertThat(mesh(config)).singleElement().satisfies(warning -> {
            assertThat(warning.severity()).isEqualTo(Severity.WARNING);
            assertThat(warning.path()).isEqualTo("spec.meshConfig." + field);
            assertThat(warning.code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "accessLogFormat: '{\"a\": \"%PROTOCOL%\"}', accessLogEncoding: JSON",
                "enableEnvoyAccessLogService: true, defaultConfig: {envoyAccessLogService: {address: 'a.b:80'}}",
                "defaultConfig: {tracing: {zipkin: {address: 'a.b:9411'}, tlsSettings: {mode: SIMPLE}}}"
            })
    void isSilentAboutTheRest(String config) {
        assertThat(mesh(config)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "', lateen.dev/data-plane: envoy', 0"})
    void warnsOfAnnotationsThatOnlyEnvoyIsToldOf(String more, int warnings) {
        assertThat(ResourceReader.create()
                        .read("""
                        apiVersion: v1
                        kind: Pod
                        metadata:
                          name: one
                          namespace: shop
                          annotations: {sidecar.istio.io/statsHistogramBuckets: '{}'%s}
                        spec: {containers: []}
                        """.formatted(more), "pod.yaml")
                        .getFirst()
                        .diagnostics())
                .hasSize(warnings)
                .allMatch(warning -> warning.path().startsWith("metadata.annotations.")
                        && warning.at().line() == 6
                        && warning.code().equals("no-effect"));
    }

    @Test
    void warnsOfAProviderThatNothingIsSentTo() {
        List<RawResource> resources = ResourceReader.create().read("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec: {meshConfig: {extensionProviders: [{name: dog, datadog: {service: dog.obs, port: 8126}}]}}
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: traces, namespace: shop}
                spec: {tracing: [{providers: [{name: dog}]}]}
                """, "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList();
        assertThat(new ReferenceChecker("istio-system").check(resources))
                .singleElement()
                .satisfies(warning -> assertThat(warning.toString())
                        .contains("spec.tracing[0].providers[0].name", "providers of kind datadog"));
    }
}
