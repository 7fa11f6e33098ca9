package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.validate.ReferenceChecker;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which routes of a delegate take effect.
class VirtualServiceDelegationTest {
    private static final String TO = "delegate: {name: leaf, namespace: leaves}";
    private static final String DIRECT = "directResponse: {status: 200}";

    private static String mesh(String root, String leaf, String more) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: root, namespace: roots}
                spec:
                  hosts: [shop.test]
                  http: [{%s%s}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: leaf, namespace: leaves}
                spec:
                  http: [{%s%s}]%s
                """.formatted(root, TO, leaf, DIRECT, more);
    }

    private static String match(String... matches) {
        return "match: [{" + String.join("}, {", matches) + "}], ";
    }

    private static List<HttpRoute> merged(String yaml) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.put(ResourceReader.create().read(yaml, "mesh.yaml").stream()
                .map(parsed -> ((Valid) parsed).resource())
                .toList());
        List<VirtualService> services = builder.build().traffic().virtualServices();
        assertThat(services).hasSize(1);
        return services.getFirst().http();
    }

    private static List<Diagnostic> findings(String yaml) {
        return new ReferenceChecker("istio-system")
                        .check(ResourceReader.create().read(yaml, "mesh.yaml").stream()
                                .map(parsed -> ((Valid) parsed).resource())
                                .toList())
                        .stream()
                        .filter(finding -> finding.code().equals("delegate-without-effect"))
                        .toList();
    }

    private static void assertDropped(String yaml, String path, String reason) {
        assertThat(merged(yaml)).isEmpty();
        assertThat(findings(yaml)).hasSize(1).first().satisfies(finding -> {
            assertThat(finding.path()).isEqualTo(path);
            assertThat(finding.message()).contains(reason);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uri: {prefix: /a} | uri: {exact: /b} | uri",
                "uri: {prefix: /a/b} | uri: {prefix: /a} | uri",
                "uri: {exact: /a} | uri: {prefix: /a} | uri",
                "uri: {regex: /a.*} | uri: {regex: /a.*} | regular",
                "uri: {prefix: /a} | uri: {regex: /a.*} | regular",
                "headers: {x: {}} | headers: {x: {exact: a}} | headers",
                "queryParams: {x: {exact: a}} | queryParams: {x: {exact: b}} | queryParams",
                "withoutHeaders: {x: {exact: a}} | withoutHeaders: {x: {exact: b}} | withoutHeaders",
                "port: 80 | port: 81 | port",
                "'uri: {prefix: /a}, ignoreUriCase: true' | uri: {prefix: /a} | ignoreUriCase",
                "sourceLabels: {app: a} | sourceLabels: {app: b} | sourceLabels",
                "sourceNamespace: a | sourceNamespace: b | sourceNamespace",
                "gateways: [one] | 'gateways: [one, two]' | gateways"
            })
    void dropsARuleThatLiesOutside(String root, String leaf, String reason) {
        assertDropped(mesh(match(unquoted(root)), match(unquoted(leaf)), ""), "spec.http[0].match[0]", reason);
    }

    private static String unquoted(String text) {
        return text.replace("'", "");
    }

    @Test
    void dropsAWholeRuleWhereOneOfItsMatchesLiesOutside() {
        assertDropped(
                mesh(match("uri: {prefix: /a}"), match("uri: {prefix: /a/b}", "uri: {prefix: /b}"), ""),
                "spec.http[0].match[1]",
                "uri");
    }

    @Test
    void keepsARuleWhoseMatchesEachLieWithinSomeMatch() {
        String yaml = mesh(
                match("uri: {prefix: /a}", "uri: {prefix: /b}"),
                match("uri: {prefix: /b/c}", "uri: {exact: /a}", "method: {exact: GET}"),
                "");
        assertThat(findings(yaml)).isEmpty();
        assertThat(merged(yaml).getFirst().match())
                .extracting(match -> match.uri().orElseThrow().toString())
                .containsExactly("Prefix[text=/b/c]", "Exact[text=/a]", "Prefix[text=/a]", "Prefix[text=/b]");
    }

    @Test
    void reportsADelegateThatTheRootDoesNotSee() {
        assertDropped(mesh("", "", "\n  exportTo: [.]"), "spec.http[0].delegate", "leaves/leaf is not exported");
    }
}
