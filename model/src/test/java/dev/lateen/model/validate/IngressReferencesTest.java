package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of Ingresses: of all what no API server takes, of the mesh's own what they refer to in vain.
class IngressReferencesTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec: {selector: {app: shop}, ports: [{port: 80, name: http}]}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: shop-cert, namespace: istio-system}
            type: kubernetes.io/tls
            stringData: {tls.crt: a, tls.key: b}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: mesh}
            spec: {controller: istio.io/ingress-controller}
            ---
            """;

    private static String ingress(String spec) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: shop}
                spec:
                """ + spec.indent(2);
    }

    private static String toService(String className, String service, String port) {
        return ingress("""
                ingressClassName: %s
                rules:
                - http:
                    paths:
                    - path: /
                      pathType: Prefix
                      backend:
                        service:
                          name: %s
                          port: {%s}
                """.formatted(className, service, port));
    }

    @ParameterizedTest
    @CsvSource({
        "shop, name: http, '', 0, ''",
        "shop, number: 80, '', 0, ''",
        "shpo, number: 80, spec.rules[0].http.paths[0].backend.service.name, 29, did you mean 'shop'?",
        "shop, name: htttp, spec.rules[0].http.paths[0].backend.service.port.name, 30, did you mean 'http'?",
        "shop, number: 8080, spec.rules[0].http.paths[0].backend.service.port.number, 30, there are: 80",
    })
    void saysWhichServicesAndPortsAreNotThere(String service, String port, String path, int line, String advice) {
        List<Diagnostic> found = check(MESH + toService("mesh", service, port));
        if (path.isEmpty()) {
            assertThat(found).isEmpty();
            return;
        }
        assertThat(found).singleElement().satisfies(diagnostic -> {
            assertThat(diagnostic.path()).isEqualTo(path);
            assertThat(diagnostic.at().line()).isEqualTo(line);
            assertThat(diagnostic.advice()).isEqualTo(advice);
        });
    }

    @Test
    void leavesTheIngressesOfOthersAlone() {
        String others = toService("nginx", "missing", "name: none").replace("path: /", "path: /a?(b|$)(.*)");
        assertThat(check(MESH + others.replace("pathType: Prefix", "pathType: ImplementationSpecific")))
                .isEmpty();
    }

    @Test
    void saysThatTheNameOfAClassIsNoClass() {
        assertThat(check(MESH + toService("istio", "shop", "number: 80")))
                .singleElement()
                .extracting(Diagnostic::path)
                .isEqualTo("spec.ingressClassName");
    }

    @Test
    void looksForSecretsWhereTheGatewayIs() {
        String tls = "ingressClassName: mesh\ntls: [{secretName: %s}]\n"
                + "defaultBackend: {service: {name: shop, port: {number: 80}}}";
        assertThat(check(MESH + ingress(tls.formatted("shop-cert")))).isEmpty();
        assertThat(check(MESH + ingress(tls.formatted("shop-crt"))))
                .singleElement()
                .satisfies(diagnostic -> {
                    assertThat(diagnostic.path()).isEqualTo("spec.tls[0].secretName");
                    assertThat(diagnostic.message()).contains("istio-system");
                });
    }

    @Test
    void saysWhatComesToNothing() {
        String twice = toService("mesh", "shop", "number: 80")
                + "---\n"
                + toService("mesh", "shop", "number: 80").replace("{name: shop}", "{name: other}");
        assertThat(check(MESH + twice)).singleElement().satisfies(diagnostic -> {
            assertThat(diagnostic.code()).isEqualTo("shadowed-route");
            assertThat(diagnostic.advice()).contains("f.yaml:25:");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules: []                                                     | missing-required",
                "rules: [{host: 10.0.0.1}]                                     | bad-host",
                "rules: [{host: '*'}]                                          | bad-host",
                "rules: [{host: 'a.*.test'}]                                   | bad-host",
                "tls: [{hosts: ['*a.test']}], rules: [{host: a.test}]          | bad-host",
                "rules: [{http: {paths: [{pathType: Prefix, path: a, backend: {resource: {}}}]}}]    | bad-path",
                "rules: [{http: {paths: [{pathType: Exact, path: /a//b, backend: {resource: {}}}]}}] | bad-path",
                "rules: [{http: {paths: [{pathType: Regex, path: /a, backend: {resource: {}}}]}}] | bad-enum-value",
                "rules: [{http: {paths: [{path: /a}]}}]                        | missing-required",
                "defaultBackend: {}                                            | missing-required",
                "defaultBackend: {service: {port: {number: 80}}}               | missing-required",
                "defaultBackend: {service: {name: a}}                          | missing-required",
                "defaultBackend: {service: {name: a, port: {name: b, number: 80}}} | missing-required",
                "defaultBackend: {service: {name: a, port: {number: 80000}}}   | out-of-range",
            })
    void refusesWhatNoApiServerTakes(String spec, String code) {
        RawResource resource = ((Valid) new ResourceParser(ParserSettings.DEFAULT)
                        .parse(ingress("{" + spec + "}"), "f.yaml")
                        .getFirst())
                .resource();
        assertThat(Validator.create().validate(resource))
                .singleElement()
                .extracting(Diagnostic::code)
                .isEqualTo(code);
    }

    private static List<Diagnostic> check(String text) {
        List<RawResource> resources = ResourceReader.create().read(text, "f.yaml").stream()
                .map(parsed -> ((Valid) parsed).resource())
                .toList();
        return new ReferenceChecker("istio-system").check(resources);
    }
}
