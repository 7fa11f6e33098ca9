package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is said of routes that mean something else than they seem to.
class HttpRouteRulesTest {
    private static final String TO_SHOP = "route: [{destination: {host: shop}}]";

    private final ResourceReader reader = ResourceReader.create();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delay: {fixedDelay: 1s} | delay | percentage | INFO",
                "abort: {httpStatus: 503} | abort | percentage | INFO",
                "delay: {percentage: {value: 1}} | delay | fixedDelay | WARNING",
                "abort: {percentage: {value: 1}} | abort | httpStatus | WARNING",
            })
    void saysWhichFaultsMeetNobody(String fault, String where, String advice, Severity severity) {
        Diagnostic found = only("fault: {" + fault + "}, " + TO_SHOP);
        assertThat(found.severity()).isEqualTo(severity);
        assertThat(found.code()).isEqualTo("ineffective");
        assertThat(found.path()).isEqualTo("spec.http[0].fault." + where);
        assertThat(found.advice()).contains(advice);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delay: {fixedDelay: 1s, percent: 10}",
                "delay: {fixedDelay: 1s, percentage: {value: 0}}",
                "abort: {grpcStatus: UNAVAILABLE, percentage: {value: 10}}"
            })
    void takesFaultsThatSayHowManyTheyMeet(String fault) {
        assertThat(findings("fault: {" + fault + "}, " + TO_SHOP))
                .extracting(Diagnostic::code)
                .doesNotContain("ineffective");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 399})
    void warnsOfRedirectsThatNoProxyGives(int code) {
        Diagnostic found = only("redirect: {uri: /, redirectCode: " + code + "}");
        assertThat(found.severity()).isEqualTo(Severity.WARNING);
        assertThat(found.path()).isEqualTo("spec.http[0].redirect.redirectCode");
        assertThat(found.message()).contains("301 is given");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 301, 302, 303, 307, 308})
    void takesRedirectsThatProxiesGive(int code) {
        assertThat(findings("redirect: {uri: /, redirectCode: " + code + "}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sourceLabels: {app: web}", "sourceNamespace: default"})
    void warnsOfSourcesBesideGateways(String source) {
        Diagnostic found = only("match: [{gateways: [mesh], " + source + "}], " + TO_SHOP);
        assertThat(found.severity()).isEqualTo(Severity.WARNING);
        assertThat(found.path()).startsWith("spec.http[0].match[0].source");
        assertThat(findings("match: [{" + source + "}], " + TO_SHOP)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"meshMTLS", "tlsDefaults"})
    void warnsOfCipherSuitesOfTheMeshThatAreLeftOut(String field) {
        List<Diagnostic> found = read("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    FIELD: {cipherSuites: [AES128-SHA, ALL, NOT-A-SUITE, AES128-SHA]}
                """.replace("FIELD", field));
        assertThat(found).extracting(Diagnostic::code).containsExactly("ineffective", "duplicate");
        assertThat(found.getFirst().path()).endsWith(field + ".cipherSuites[2]");
    }

    private Diagnostic only(String entry) {
        List<Diagnostic> found = findings(entry);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<Diagnostic> findings(String entry) {
        return read("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: shop}
                spec:
                  hosts: [shop]
                  gateways: [mesh, edge]
                  http:
                  - {ENTRY}
                """.replace("ENTRY", entry));
    }

    private List<Diagnostic> read(String text) {
        List<ParsedResource> parsed = reader.read(text, "f.yaml");
        assertThat(parsed).hasSize(1);
        return parsed.getFirst().diagnostics();
    }
}
