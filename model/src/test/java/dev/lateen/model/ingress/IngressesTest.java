package dev.lateen.model.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.ingress.Ingresses.Made;
import dev.lateen.model.istio.Gateway.Server;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.HttpRoute.Action.Forward;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.istio.StringMatch;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.tree.Node.Mapping;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngressesTest {
    private static final String HEAD = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: %s, namespace: %s, creationTimestamp: "20%s-01-01T00:00:00Z"}
            spec:
            """;
    private static final String PATH = "{service: {name: %s, port: {number: 80}}}";

    private static Made convert(String... yaml) {
        List<Ingress> ingresses = IntStream.range(0, yaml.length)
                .mapToObj(index -> new ResourceParser(ParserSettings.DEFAULT).parse(yaml[index], "edge.yaml", index))
                .flatMap(List::stream)
                .map(parsed -> Ingress.bind(((Valid) parsed).resource()).value())
                .toList();
        IngressSettings settings = IngressSettings.of(Mapping.of(Map.of()));
        return Ingresses.convert(
                ingresses, settings, "istio-system", "cluster.local", (_, _, _) -> OptionalInt.empty());
    }

    private static String ingress(String name, String year, String spec) {
        return HEAD.formatted(name, "apps", year) + spec.indent(2);
    }

    private static String rule(String host, String paths) {
        return "rules:\n- host: \"" + host + "\"\n  http:\n    paths:\n" + paths.indent(4);
    }

    private static String path(String path, String type, String service) {
        return "- {path: \"" + path + "\", pathType: " + type + ", backend: " + PATH.formatted(service) + "}\n";
    }

    /// Paths and services of a virtual service's routes, in their order.
    private static List<String> routes(VirtualService service) {
        return service.http().stream()
                .map(route -> uri(route) + " " + host(route))
                .toList();
    }

    private static String uri(HttpRoute route) {
        return route.match().stream()
                .findFirst()
                .flatMap(HttpRoute.Match::uri)
                .map(uri -> switch (uri) {
                    case StringMatch.Exact(String text) -> "=" + text;
                    case StringMatch.Prefix(String text) -> text;
                    case StringMatch.Regex _, StringMatch.Present _ -> "?";
                })
                .orElse("any");
    }

    private static String host(HttpRoute route) {
        return ((Forward) route.action()).to().getFirst().destination().host().replace(".apps.svc.cluster.local", "");
    }

    @ParameterizedTest
    @CsvSource({
        "Exact, /a, =/a",
        "Exact, /a/, =/a/",
        "Prefix, /, /",
        "Prefix, /a*, /a*",
        "ImplementationSpecific, '', any",
        "ImplementationSpecific, '*', any",
        "ImplementationSpecific, '/*', any",
        "ImplementationSpecific, '.*', any",
        "ImplementationSpecific, '/a.*', /a",
        "ImplementationSpecific, '/a/*', /a",
        "ImplementationSpecific, '/a*', =/a*",
        "ImplementationSpecific, '/a', =/a",
    })
    void readsPathsByTheirTypes(String type, String path, String uri) {
        Made made = convert(ingress("a", "20", rule("shop.test", path(path, type, "shop"))));
        assertThat(routes(made.virtualServices().getFirst())).containsExactly(uri + " shop");
        assertThat(made.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Prefix, /a?b", "Prefix, /a#b", "Exact, a", "ImplementationSpecific, a.*", "Exact, ''"})
    void refusesPathsThatNoRequestHas(String type, String path) {
        Made made =
                convert(ingress("a", "20", rule("shop.test", path(path, type, "bad") + path("/", "Prefix", "good"))));
        assertThat(routes(made.virtualServices().getFirst())).containsExactly("/ good");
        assertThat(made.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("bad-path");
            assertThat(problem.path()).isEqualTo("spec.rules[0].http.paths[0].path");
            assertThat(problem.at().toString()).startsWith("edge.yaml:9:");
        });
    }

    @Test
    void triesTheLongestPathFirstAndTheExactOneOfTwo() {
        Made made = convert(ingress(
                "a",
                "20",
                rule(
                        "shop.test",
                        path("/", "Prefix", "root")
                                + path("/a", "Prefix", "prefix")
                                + path("/a", "Exact", "exact")
                                + path("/a/b", "Prefix", "long")
                                + path("", "ImplementationSpecific", "any"))));
        assertThat(routes(made.virtualServices().getFirst()))
                .containsExactly("/a/b long", "=/a exact", "/a prefix", "/ root", "any any");
    }

    @Test
    void joinsTheRulesOfOneHostByAge() {
        Made made = convert(
                ingress(
                        "young",
                        "21",
                        rule("shop.test", path("/a", "Prefix", "young") + path("/c", "Prefix", "other"))),
                ingress("old", "20", rule("shop.test", path("/a", "Prefix", "old"))));
        VirtualService joined = made.virtualServices().getFirst();
        assertThat(made.virtualServices()).hasSize(1);
        assertThat(joined.metadata().name()).isEqualTo("shop-test-old-istio-autogenerated-k8s-ingress");
        assertThat(joined.gateways()).containsExactly("istio-system/old-istio-autogenerated-k8s-ingress-apps");
        assertThat(routes(joined)).containsExactly("/a old", "/a young", "/c other");
        assertThat(made.problems()).extracting(Diagnostic::code).containsExactly("shadowed-route");
    }

    @Test
    void namesAllHostsByNothing() {
        Made made = convert(ingress("a", "20", rule("", path("/", "Prefix", "shop"))));
        VirtualService service = made.virtualServices().getFirst();
        assertThat(service.hosts()).containsExactly("*");
        assertThat(service.metadata().name()).isEqualTo("*-a-istio-autogenerated-k8s-ingress");
    }

    @Test
    void keepsHostsWithWildcards() {
        VirtualService service = convert(ingress("a", "20", rule("*.shop.test", path("/", "Prefix", "shop"))))
                .virtualServices()
                .getFirst();
        assertThat(service.hosts()).containsExactly("*.shop.test");
        assertThat(service.metadata().name()).isEqualTo("*-shop-test-a-istio-autogenerated-k8s-ingress");
    }

    @Test
    void sendsEverythingElseToTheDefaultBackend() {
        Made made = convert(ingress(
                "a",
                "20",
                "defaultBackend: " + PATH.formatted("rest") + "\n" + rule("shop.test", path("/a", "Prefix", "shop"))));
        assertThat(made.virtualServices())
                .extracting(service -> service.hosts().getFirst() + ": " + String.join(", ", routes(service)))
                .containsExactlyInAnyOrder("shop.test: /a shop, any rest", "*: any rest");
    }

    @Test
    void hasOneDefaultBackendOfEachHost() {
        Made made = convert(
                ingress("a", "20", "defaultBackend: " + PATH.formatted("old")),
                ingress("b", "21", "defaultBackend: " + PATH.formatted("young")));
        assertThat(routes(made.virtualServices().getFirst())).containsExactly("any old");
        assertThat(made.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("shadowed-route");
            assertThat(problem.path()).isEqualTo("spec.defaultBackend");
        });
    }

    /// Whose rule for all hosts came first would have the requests of the other's certificate too.
    @Test
    void bindsADefaultBackendOfAllHostsToItsOwnGateway() {
        Made made = convert(
                ingress("a", "20", "defaultBackend: " + PATH.formatted("old")),
                ingress(
                        "b",
                        "21",
                        "tls: [{hosts: [b.test], secretName: b}]\ndefaultBackend: " + PATH.formatted("young")));
        assertThat(made.virtualServices())
                .extracting(service -> service.hosts().getFirst() + " " + routes(service) + " " + gateways(service))
                .containsExactlyInAnyOrder("* [any old] [a]", "b.test [any young] [b]");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                             '',                                         a",
        "'tls: [{hosts: [shop.test], secretName: one}]', 'tls: [{hosts: [shop.test], secretName: one}]', a",
        "'',                                             'tls: [{hosts: [shop.test], secretName: two}]', a b",
        "'',                                             'tls: [{hosts: [other.test], secretName: two}]', a",
        "'',                                             'tls: [{hosts: [shop.test]}]',              a",
        "'tls: [{hosts: [shop.test], secretName: one}]', 'tls: [{hosts: [\"*.test\"], secretName: two}]', a b",
        "'',                                             'tls: [{secretName: two}]',                 a b",
    })
    void bindsAHostToEachGatewayThatHasACertificateForIt(String elder, String younger, String gateways) {
        Made made = convert(
                ingress("a", "20", elder + "\n" + rule("shop.test", path("/a", "Prefix", "shop"))),
                ingress("b", "21", younger + "\n" + rule("shop.test", path("/b", "Prefix", "shop"))));
        assertThat(made.virtualServices())
                .singleElement()
                .extracting(IngressesTest::gateways)
                .hasToString(List.of(gateways.split(" ")).toString());
    }

    /// By the first letters of the Ingresses' names.
    private static List<Character> gateways(VirtualService service) {
        return service.gateways().stream()
                .map(gateway -> gateway.charAt("istio-system/".length()))
                .toList();
    }

    @Test
    void servesEachCertificateOnItsHosts() {
        Made made = convert(ingress(
                "a",
                "20",
                "tls:\n- {hosts: [shop.test], secretName: one}\n- {hosts: [other.test]}\n- {secretName: two}\n"
                        + rule("shop.test", path("/", "Prefix", "shop"))));
        List<Server> servers = made.gateways().getFirst().servers();
        assertThat(servers)
                .extracting(server -> server.port().name() + " " + server.port().protocol() + " " + server.hosts() + " "
                        + server.tls().map(ServerTls::credentialName).orElse(""))
                .containsExactly(
                        "https-443-ingress-a-apps-0 HTTPS [shop.test] one",
                        "https-443-ingress-a-apps-2 HTTPS [*] two",
                        "http-80-ingress-a-apps HTTP [*] ");
        assertThat(made.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("spec.tls[1].secretName");
            assertThat(problem.at().line()).isEqualTo(7);
        });
    }

    @Test
    void saysThatARuleLeadsNowhere() {
        Made made = convert(ingress("a", "20", "rules: [{host: shop.test}]"));
        assertThat(made.virtualServices()).isEmpty();
        assertThat(made.problems()).extracting(Diagnostic::path).containsExactly("spec.rules[0].http.paths");
    }

    @Test
    void saysWhichLineOfTheIngressARouteIs() {
        Made made = convert(ingress("a", "20", rule("shop.test", path("/", "Prefix", "shop"))));
        HttpRoute route = made.virtualServices().getFirst().http().getFirst();
        assertThat(route.origin().at().toString()).startsWith("edge.yaml:9:");
        assertThat(route.origin().field()).isEqualTo("spec.rules[0].http.paths[0]");
        assertThat(route.origin().configPath())
                .isEqualTo("/apis/networking.istio.io/v1/namespaces/apps/virtual-service/"
                        + "shop-test-a-istio-autogenerated-k8s-ingress");
    }

    @Test
    void readsSettingsThatAreNotSet() {
        IngressSettings settings = Reader.document(Mapping.of(Map.of()), "MeshConfig", IngressSettings::of)
                .value();
        assertThat(settings)
                .isEqualTo(new IngressSettings(
                        IngressSettings.Mode.STRICT, "istio", "istio-ingressgateway", "ingressgateway"));
    }
}
