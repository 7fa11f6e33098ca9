package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.tree.Position;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
    private final ResourceReader reader = ResourceReader.create();

    @Test
    void pointsAtAnUnknownFieldAndSaysWhatWasMeant() {
        Diagnostic diagnostic = only(virtualService("""
                  http:
                  - timeuot: 5s
                    route:
                    - destination: {host: shop}
                """));
        assertThat(diagnostic.code()).isEqualTo("unknown-field");
        assertThat(diagnostic.at()).isEqualTo(new Position("f.yaml", 7, 5));
        assertThat(diagnostic.path()).isEqualTo("spec.http[0].timeuot");
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'timeout'?");
    }

    @Test
    void refusesATypoInAnEnumeration() {
        Diagnostic diagnostic = only("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default}
                spec:
                  mtls:
                    mode: STRICTT
                """);
        assertThat(diagnostic.code()).isEqualTo("bad-enum-value");
        assertThat(diagnostic.value()).isEqualTo("STRICTT");
        assertThat(diagnostic.expected()).contains("PERMISSIVE");
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'STRICT'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"808@0", "70000", "0", "\"1-2\"", "a--b", "more-than-15-chars"})
    void refusesATargetPortThatIsNeitherNumberNorName(String target) {
        Diagnostic diagnostic = only(service(target));
        assertThat(diagnostic.path()).isEqualTo("spec.ports[0].targetPort");
        assertThat(diagnostic.at()).isEqualTo(new Position("f.yaml", 6, 28));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080", "\"8080\"", "http", "8080-tcp", "3s"})
    void takesTargetPortsByNumberAndByName(String target) {
        assertThat(reader.read(service(target), "f.yaml").getFirst()).isInstanceOf(Valid.class);
    }

    private static String service(String target) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec:
                  ports:
                  - {port: 80, targetPort: %s}
                """.formatted(target);
    }

    @Test
    void refusesTwoMembersOfAOneof() {
        Diagnostic diagnostic = only(virtualService("""
                  http:
                  - match:
                    - uri: {exact: /a, prefix: /b}
                    route:
                    - destination: {host: shop}
                """));
        assertThat(diagnostic.code()).isEqualTo("oneof");
        assertThat(diagnostic.path()).isEqualTo("spec.http[0].match[0].uri.prefix");
    }

    @Test
    void gathersAllFindingsInTheOrderOfTheFile() {
        List<Diagnostic> found = findings(virtualService("""
                  http:
                  - match:
                    - uri: {regex: "a(b"}
                    retries: {attempts: 3, retryOn: 5xxx}
                    route:
                    - destination: {host: shop}
                      weight: 0
                    - destination: {host: shop}
                      weight: 0
                    timeout: 5
                """));
        assertThat(found)
                .extracting(Diagnostic::code)
                .containsExactly("bad-regex", "bad-enum-value", "bad-weights", "wrong-type");
        assertThat(found.get(1).advice()).isEqualTo("did you mean '5xx'?");
        assertThat(found.get(3).advice()).isEqualTo("did you mean 5s?");
    }

    @Test
    void asksForQuotesAroundNumbersThatAreText() {
        Diagnostic diagnostic = only(virtualService("""
                  http:
                  - match:
                    - headers:
                        x-version: {exact: 2}
                    route:
                    - destination: {host: shop}
                """));
        assertThat(diagnostic.code()).isEqualTo("wrong-type");
        assertThat(diagnostic.advice()).isEqualTo("put it in quotes: \"2\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
    void takesAllVersionsOfAKind(String version) {
        ParsedResource parsed = reader.read(
                        virtualService("  http: [{route: [{destination: {host: shop}}]}]\n")
                                .replace("/v1\n", "/" + version + "\n"),
                        "f.yaml")
                .getFirst();
        assertThat(parsed).isInstanceOf(Valid.class);
    }

    @Test
    void refusesAVersionThatTheKindNeverHad() {
        Diagnostic diagnostic = only(virtualService("  http: [{route: [{destination: {host: shop}}]}]\n")
                .replace("/v1\n", "/v2\n"));
        assertThat(diagnostic.code()).isEqualTo("unknown-version");
    }

    @Test
    void refusesATypoInTheKind() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: VirtualServise
                metadata: {name: shop}
                """);
        assertThat(diagnostic.severity()).isEqualTo(Severity.ERROR);
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'VirtualService'?");
    }

    @Test
    void letsForeignKindsPassButNamesThem() {
        ParsedResource parsed = reader.read("""
                apiVersion: monitoring.coreos.com/v1
                kind: ServiceMonitor
                metadata: {name: shop}
                spec: {anything: true}
                """, "f.yaml").getFirst();
        assertThat(parsed).isInstanceOf(Valid.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::severity).containsExactly(Severity.INFO);
    }

    @Test
    void letsUnknownFieldsOfKubernetesKindsPass() {
        ParsedResource parsed = reader.read("""
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec:
                  ports: [{port: 80, name: http}]
                  ipFamilyPolicy: SingleStack
                """, "f.yaml").getFirst();
        assertThat(parsed.diagnostics()).isEmpty();
    }

    @Test
    void neverRepeatsASecret() {
        ParsedResource parsed = reader.read("""
                apiVersion: v1
                kind: Secret
                metadata: {name: key}
                data: {tls.key: "private!material"}
                """, "f.yaml").getFirst();
        assertThat(parsed).isInstanceOf(Invalid.class);
        assertThat(parsed.toString()).doesNotContain("private!material");
    }

    @Test
    void checksTheMeshConfigWithinAnIstioOperator() {
        Diagnostic diagnostic = only("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    outboundTrafficPolicy: {mode: REGISTRY_ONLI}
                """);
        assertThat(diagnostic.path()).isEqualTo("spec.meshConfig.outboundTrafficPolicy.mode");
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'REGISTRY_ONLY'?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outboundTrafficPolicy: {mode: ALLOW_ANY, tls: {mode: SIMPLE}} | outboundTrafficPolicy.tls | ineffective",
                "outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS, tls: {mode: MUTUAL, privateKey: a}} | outboundTrafficPolicy.tls.clientCertificate | missing-required",
                "serviceEntryVisibility: {applyToSidecars: true, defaultVisibility: NAMESPCE} | serviceEntryVisibility.defaultVisibility | bad-enum-value",
                "serviceEntryVisibility: {defaultVisibility: NONE} | serviceEntryVisibility.applyToSidecars | ineffective",
                "defaultTrafficPolicy: {connectionPool: {tcp: {connectTimeout: 1ns}}} | defaultTrafficPolicy.connectionPool.tcp.connectTimeout | out-of-range",
            })
    void checksWhatTheMeshConfigSaysOfTraffic(String setting, String path, String code) {
        Diagnostic diagnostic = only("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    %s
                """.formatted(setting));
        assertThat(diagnostic.path()).isEqualTo("spec.meshConfig." + path);
        assertThat(diagnostic.code()).isEqualTo(code);
        assertThat(diagnostic.at().line()).isEqualTo(5);
    }

    @Test
    void leavesLookingUpUnknownHostsToTheMesh() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: own}
                spec:
                  outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}
                """);
        assertThat(diagnostic.path()).isEqualTo("spec.outboundTrafficPolicy.mode");
        assertThat(diagnostic.code()).isEqualTo("bad-enum-value");
    }

    @Test
    void warnsOfATargetPortOfHostsThatAreLookedUp() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: outside}
                spec:
                  hosts: ["*.example.com"]
                  resolution: DYNAMIC_DNS
                  ports:
                  - {number: 443, name: tls, protocol: TLS, targetPort: 443}
                  - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
                """);
        assertThat(diagnostic.path()).isEqualTo("spec.ports[1].targetPort");
        assertThat(diagnostic.code()).isEqualTo("no-effect");
        assertThat(diagnostic.at().line()).isEqualTo(9);
    }

    @Test
    void refusesARedirectThatReplacesItsPathTwice() {
        Diagnostic diagnostic = only(virtualService("""
                  http:
                  - redirect: {uri: /a, prefixRewrite: /b}
                """));
        assertThat(diagnostic.path()).isEqualTo("spec.http[0].redirect.prefixRewrite");
        assertThat(diagnostic.code()).isEqualTo("conflict");
    }

    @Test
    void warnsOfUncheckedClientsWhereNoClientIsAsked() {
        List<Diagnostic> found = findings("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: door}
                spec:
                  selector: {a: b}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["*"]
                    tls: {mode: SIMPLE, credentialName: door, insecureSkipVerify: true}
                """);
        assertThat(found).extracting(Diagnostic::path).contains("spec.servers[0].tls.insecureSkipVerify");
    }

    @Test
    void pointsIntoTheMeshConfigWithinAConfigMap() {
        Diagnostic diagnostic = only("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    accessLogFile: /dev/stdout
                    enableTracinng: true
                """);
        assertThat(diagnostic.at().line()).isEqualTo(7);
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'enableTracing'?");
    }

    @Test
    void warnsOfARuleThatIsNeverReached() {
        List<Diagnostic> found = findings(virtualService("""
                  http:
                  - route: [{destination: {host: shop}}]
                  - route: [{destination: {host: shop, subset: v2}}]
                """));
        assertThat(found).extracting(Diagnostic::code).containsExactly("unreachable");
    }

    private static String virtualService(String rules) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: shop}
                spec:
                  hosts: [shop]
                """ + rules;
    }

    @Test
    void warnsOfAListenerWhereTheSidecarListensItself() {
        String sidecar = """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: web}
                spec:
                  ingress:
                  - {port: {number: %s, protocol: HTTP, name: http}, captureMode: NONE, defaultEndpoint: "127.0.0.1:80"}
                """;
        Diagnostic diagnostic = only(sidecar.formatted("15021"));
        assertThat(diagnostic.severity()).isEqualTo(Severity.WARNING);
        assertThat(diagnostic.path()).isEqualTo("spec.ingress[0].port.number");
    }

    private Diagnostic only(String text) {
        List<Diagnostic> found = findings(text);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<Diagnostic> findings(String text) {
        List<ParsedResource> parsed = reader.read(text, "f.yaml");
        assertThat(parsed).hasSize(1);
        return parsed.getFirst().diagnostics();
    }
}
