package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceCheckerTest {
    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop}
            spec: {selector: {app: shop}, ports: [{port: 80, name: http}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop}
            spec:
              selector: {matchLabels: {app: shop}}
              template: {metadata: {labels: {app: shop, version: v1}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shop}
            spec: {host: shop, subsets: [{name: v1, labels: {version: v1}}]}
            ---
            """;

    @Test
    void findsNothingInACompleteMesh() {
        assertThat(check(SHOP + route("host: shop, subset: v1"))).isEmpty();
    }

    private static String alias(String name, String of) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {type: ExternalName, externalName: %s.default.svc.cluster.local}
                ---
                """.formatted(name, of);
    }

    private static String rule(String host) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: more}\nspec: {host: " + host
                + "}\n";
    }

    @Test
    void looksForSubsetsBehindAliases() {
        String aliases = alias("store", "market") + alias("market", "shop");
        assertThat(check(SHOP + aliases + route("host: store, subset: v1"))).isEmpty();
        assertThat(only(SHOP + aliases + route("host: store, subset: v2")).message())
                .contains("shop.default.svc.cluster.local has this subset");
    }

    @Test
    void saysThatRulesForAnAliasHaveNoEffect() {
        Diagnostic diagnostic = only(SHOP + alias("store", "shop") + rule("store"));
        assertThat(diagnostic.code()).isEqualTo("alias");
        assertThat(diagnostic.path()).isEqualTo("spec.host");
        assertThat(diagnostic.advice()).isEqualTo("name shop.default.svc.cluster.local here");
        assertThat(only(alias("one", "two") + alias("two", "one") + rule("one")).message())
                .contains("circle");
    }

    @Test
    void saysWhichHostWasMeant() {
        Diagnostic diagnostic = only(SHOP + route("host: shpo"));
        assertThat(diagnostic.code()).isEqualTo("reference-not-found");
        assertThat(diagnostic.severity()).isEqualTo(Severity.ERROR);
        assertThat(diagnostic.path()).isEqualTo("spec.http[0].route[0].destination.host");
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'shop'?");
    }

    private static String limitOf(String route, String app) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge}
                spec: {selector: {app: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: edge, labels: {app: edge}}
                spec: {containers: []}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: named}
                spec: {hosts: [a.example], gateways: [edge], http: [{name: checkout, route: [{destination: {host: shop}}]}]}
                ---
                apiVersion: policy.lateen.dev/v1alpha1
                kind: RateLimit
                metadata: {name: one}
                spec:
                  selector: {matchLabels: {app: %s}}
                  rules: [{match: {routes: [%s]}, limit: {requests: 1, window: 1s}}]
                """.formatted(app, route);
    }

    @Test
    void findsTheRouteThatALimitIsAbout() {
        assertThat(check(SHOP + limitOf("checkout", "edge"))).isEmpty();
    }

    @Test
    void saysWhichRouteALimitMeans() {
        Diagnostic diagnostic = only(SHOP + limitOf("chekout", "edge"));
        assertThat(diagnostic.path()).isEqualTo("spec.rules[0].match.routes[0]");
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'checkout'?");
    }

    @Test
    void saysThatWorkloadsKnowNoRoutes() {
        assertThat(only(SHOP + limitOf("checkout", "shop")).code()).isEqualTo("ineffective");
    }

    @Test
    void onlyWarnsOfAHostWhereNoServiceIsKnown() {
        assertThat(only(route("host: shop")).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void namesTheSubsetsThatThereAre() {
        Diagnostic diagnostic = only(SHOP + route("host: shop, subset: canary"));
        assertThat(diagnostic.path()).isEqualTo("spec.http[0].route[0].destination.subset");
        assertThat(diagnostic.advice()).isEqualTo("there are: v1");
    }

    @Test
    void findsSubsetsOfFullHostNamesToo() {
        assertThat(check(SHOP + route("host: shop.default.svc.cluster.local, subset: v1")))
                .isEmpty();
    }

    @Test
    void warnsOfASubsetThatSelectsNothing() {
        Diagnostic diagnostic = only(SHOP.replace("labels: {version: v1}}]", "labels: {version: v9}}]"));
        assertThat(diagnostic.code()).isEqualTo("selects-nothing");
    }

    @Test
    void findsAMissingGateway() {
        Diagnostic diagnostic =
                only(SHOP + """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: public}
                spec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
                ---
                """ + route("host: shop").replace("hosts:", "gateways: [pubilc]\n  hosts:"));
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'public'?");
    }

    @Test
    void findsAMissingSecret() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: public}
                spec:
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    tls: {mode: SIMPLE, credentialName: api-cert}
                    hosts: ["*"]
                """);
        assertThat(diagnostic.path()).isEqualTo("spec.servers[0].tls.credentialName");
        assertThat(diagnostic.severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void looksForTheSecretOfARuleWhereTheProxiesRunThatConnect() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: exit, namespace: shop}
                spec:
                  selector: {istio: egress}
                  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["a.example"]}]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: egress-1, namespace: edge, labels: {istio: egress}}
                spec: {containers: [{name: istio-proxy, image: x}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: roots-cacert, namespace: edge}
                data: {ca.crt: Yw==}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: outside, namespace: shop}
                spec: {hosts: [a.example], resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: outside, namespace: shop}
                spec:
                  host: a.example
                  trafficPolicy:
                    tls: {mode: SIMPLE, credentialName: roots}
                    portLevelSettings:
                    - {port: {number: 443}, tls: {mode: MUTUAL, credentialName: root}}
                """);
        assertThat(diagnostic.path()).isEqualTo("spec.trafficPolicy.portLevelSettings[0].tls.credentialName");
        assertThat(diagnostic.message()).contains("namespace 'edge'");
        assertThat(diagnostic.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void looksForTheSecretOfARuleWithASelectorInItsOwnNamespace() {
        assertThat(only("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: outside, namespace: shop}
                spec: {hosts: [a.example], resolution: DNS, ports: [{number: 443, name: https, protocol: HTTPS}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: outside, namespace: shop}
                spec:
                  host: a.example
                  workloadSelector: {matchLabels: {app: web}}
                  trafficPolicy: {tls: {mode: SIMPLE, credentialName: roots}}
                """).message()).contains("namespace 'shop'");
    }

    @Test
    void looksForASecretWhereTheGatewaysWorkloadIs() {
        Diagnostic diagnostic = only("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: public, namespace: shop}
                spec:
                  selector: {istio: edge}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    tls: {mode: SIMPLE, credentialName: there}
                    hosts: ["a.example"]
                  - port: {number: 444, name: https-b, protocol: HTTPS}
                    tls: {mode: SIMPLE, credentialName: missing}
                    hosts: ["b.example"]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: edge-1, namespace: edge, labels: {istio: edge}}
                spec: {containers: [{name: istio-proxy, image: x}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: there, namespace: edge}
                data: {tls.crt: Yw==, tls.key: aw==}
                """);
        assertThat(diagnostic.value()).isEqualTo("missing");
        assertThat(diagnostic.message()).contains("namespace 'edge'");
    }

    @Test
    void findsAMissingProvider() {
        Diagnostic diagnostic = only("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    extensionProviders: [{name: jaeger, zipkin: {service: jaeger.obs.svc.cluster.local, port: 9411}}]
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: traces}
                spec: {tracing: [{providers: [{name: jeager}]}]}
                """);
        assertThat(diagnostic.severity()).isEqualTo(Severity.ERROR);
        assertThat(diagnostic.advice()).isEqualTo("did you mean 'jaeger'?");
    }

    @Test
    void warnsOfProvidersThatNothingReaches() {
        Diagnostic diagnostic = only(SHOP + """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    extensionProviders:
                    - {name: lost, envoyOtelAls: {service: obs/logs.obs.svc.cluster.local, port: 4317}}
                    - {name: kept, envoyOtelAls: {service: shop.default.svc.cluster.local, port: 80}}
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: logs}
                spec: {accessLogging: [{providers: [{name: lost}, {name: kept}, {name: envoy}]}]}
                """);
        assertThat(diagnostic.severity()).isEqualTo(Severity.WARNING);
        assertThat(diagnostic.value()).isEqualTo("lost");
        assertThat(diagnostic.message()).contains("logs.obs.svc.cluster.local");
    }

    @Test
    void warnsOfProvidersThatAreNotAskedAboutConnections() {
        Diagnostic diagnostic = only("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    extensionProviders: [{name: judge, envoyExtAuthzHttp: {service: judge.test.svc.cluster.local, port: 80}}]
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: ask}
                spec:
                  action: CUSTOM
                  provider: {name: judge}
                  rules:
                  - to: [{operation: {ports: ["9000"], paths: [/a]}}]
                  - {}
                  - to: [{operation: {ports: ["9000"]}}]
                """);
        assertThat(diagnostic.code()).isEqualTo("asks-nobody-about-tcp");
        assertThat(diagnostic.path()).isEqualTo("spec.rules[2]");
    }

    @Test
    void refusesANameGivenTwice() {
        Diagnostic diagnostic = only(SHOP + """
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec: {ports: [{port: 81}]}
                """);
        assertThat(diagnostic.code()).isEqualTo("duplicate-resource");
        assertThat(diagnostic.advice()).contains("f.yaml:1:1");
    }

    @Test
    void namesTheElderOfTwoVirtualServicesForOneHost() {
        Diagnostic diagnostic =
                only(SHOP + route("host: shop") + "---\n" + route("host: shop").replace("name: route", "name: other"));
        assertThat(diagnostic.code()).isEqualTo("rival");
        assertThat(diagnostic.message()).contains("VirtualService default/route");
    }

    private static String route(String destination) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: route}
                spec:
                  hosts: [shop]
                  http: [{route: [{destination: {%s}}]}]
                """.formatted(destination);
    }

    private static Diagnostic only(String text) {
        List<Diagnostic> found = check(text);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<Diagnostic> check(String text) {
        List<RawResource> resources = ResourceReader.create().read(text, "f.yaml").stream()
                .map(parsed -> ((Valid) parsed).resource())
                .toList();
        return new ReferenceChecker("istio-system").check(resources);
    }
}
