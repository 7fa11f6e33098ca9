package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.acceptance.TranslatedSidecar;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Who sees a ServiceEntry, a VirtualService and a DestinationRule (`exportTo`), and whose rule counts of those that a
/// client sees: that of its own namespace, else of the service's, else of the root namespace. From their text to the
/// traffic of a sidecar in `default` and one in `other`.
@ParameterizedClass
@EnumSource(DataPlane.class)
class VisibilityFieldsIT {
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec: {meshConfig: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}}
            """;
    /// Its endpoints have the names of who may choose them.
    private static final String SERVICE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              hosts: [%1$s.test]
              exportTo: %3$s
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: %4$d, name: http, protocol: HTTP}]
              endpoints:
              - {address: 127.0.0.1, ports: {http: %5$d}, labels: {of: client}}
              - {address: 127.0.0.1, ports: {http: %6$d}, labels: {of: service}}
              - {address: 127.0.0.1, ports: {http: %7$d}, labels: {of: root}}
            """;
    private static final String ROUTE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: %2$s}
            spec:
              hosts: [%1$s.test]
              exportTo: %3$s
              http: [{route: [{destination: {host: %4$s}}]}]
            """;
    private static final String RULE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: %1$s, namespace: %2$s}
            spec: {host: %1$s.test, exportTo: %3$s, subsets: [{name: chosen, labels: {of: %4$s}}]}
            """;

    private static Upstream ofClient;
    private static Upstream ofService;
    private static Upstream ofRoot;
    private static Client inDefault;
    private static Client inOther;

    /// A sidecar whose client is the test.
    private record Client(RunningProxy proxy, int port) {
        static Client start(DataPlane plane, String namespace) throws IOException, InterruptedException {
            int port = Ports.free();
            return new Client(
                    plane.start(TranslatedSidecar.bootstrap(
                            mesh(port), plane.nodeMetadata(), namespace, "client", List.of(port))),
                    port);
        }

        Reply get(String host) throws IOException {
            return new HttpClient(port).get("/", "host: " + host + ".test");
        }
    }

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        ofClient = Upstream.saying("client");
        ofService = Upstream.saying("service");
        ofRoot = Upstream.saying("root");
        inDefault = Client.start(plane, "default");
        inOther = Client.start(plane, "other");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        inDefault.proxy.close();
        inOther.proxy.close();
        ofClient.close();
        ofService.close();
        ofRoot.close();
    }

    private static String mesh(int port) {
        StringBuilder yaml = new StringBuilder(MESH);
        yaml.append(service("entry-of-all", "other", "[\"*\"]", port))
                .append(service("entry-unsaid", "other", "[]", port))
                .append(service("entry-of-its-own", "other", "[.]", port))
                .append(service("entry-lent", "other", "[default]", port))
                .append(service("entry-of-some", "services", "[., other]", port));
        yaml.append(routed("route-of-all", "[\"*\"]", port))
                .append(routed("route-unsaid", "[]", port))
                .append(routed("route-of-its-own", "[.]", port))
                .append(routed("route-lent", "[default]", port))
                .append(routed("route-of-both", "[., default]", port));
        yaml.append(ruled("rule-of-each", port))
                .append(rule("rule-of-each", "default", "[]", "client"))
                .append(rule("rule-of-each", "services", "[]", "service"))
                .append(rule("rule-of-each", "istio-system", "[]", "root"));
        yaml.append(ruled("rule-private", port))
                .append(rule("rule-private", "other", "[.]", "client"))
                .append(rule("rule-private", "istio-system", "[\"*\"]", "root"));
        yaml.append(ruled("rule-of-its-own", port))
                .append(rule("rule-of-its-own", "services", "[.]", "service"))
                .append(rule("rule-of-its-own", "istio-system", "[]", "root"));
        yaml.append(ruled("rule-lent", port))
                .append(rule("rule-lent", "services", "[other]", "service"))
                .append(rule("rule-lent", "istio-system", "[]", "root"));
        yaml.append(ruled("rule-of-strangers", port))
                .append(rule("rule-of-strangers", "strangers", "[\"*\"]", "client"))
                .append(rule("rule-of-strangers", "istio-system", "[default, other]", "root"));
        return yaml.toString();
    }

    private static String service(String name, String namespace, String exportTo, int port) {
        return SERVICE.formatted(name, namespace, exportTo, port, ofClient.port(), ofService.port(), ofRoot.port());
    }

    /// A service with a route that somebody else has for it, to one endpoint of its own.
    private static String routed(String name, String exportTo, int port) {
        return service(name, "services", "[]", port)
                + rule(name, "services", "[]", "client")
                + ROUTE.formatted(name, "other", exportTo, name + ".test, subset: chosen");
    }

    /// A service that goes to those endpoints alone which the rule chooses.
    private static String ruled(String name, int port) {
        return service(name, "services", "[]", port)
                + ROUTE.formatted(name, "services", "[]", name + ".test, subset: chosen");
    }

    private static String rule(String name, String namespace, String exportTo, String chosen) {
        return RULE.formatted(name, namespace, exportTo, chosen);
    }

    @ParameterizedTest
    @CsvSource({
        "entry-of-all, 200, 200",
        "entry-unsaid, 200, 200",
        "entry-of-its-own, 502, 200",
        "entry-lent, 200, 502",
        "entry-of-some, 502, 200",
    })
    void anEntryIsThereForThoseWhoSeeIt(String host, int toDefault, int toOther) throws IOException {
        assertThat(inDefault.get(host).status()).as("to default").isEqualTo(toDefault);
        assertThat(inOther.get(host).status()).as("to other").isEqualTo(toOther);
    }

    /// Where the route is not seen, requests go to any endpoint: of twelve not all go to the one that it chooses.
    @ParameterizedTest
    @CsvSource({
        "route-of-all, true, true",
        "route-unsaid, true, true",
        "route-of-its-own, false, true",
        "route-lent, true, false",
        "route-of-both, true, true",
    })
    void aRouteIsForThoseWhoSeeIt(String host, boolean inDefaultSees, boolean inOtherSees) throws IOException {
        assertThat(chosen(inDefault, host)).as("chosen of default").isEqualTo(inDefaultSees);
        assertThat(chosen(inOther, host)).as("chosen of other").isEqualTo(inOtherSees);
    }

    private static boolean chosen(Client client, String host) throws IOException {
        for (int request = 0; request < 12; request++) {
            if (!client.get(host).body().equals("client")) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({
        "rule-of-each, client, service",
        "rule-private, root, client",
        "rule-of-its-own, root, root",
        "rule-lent, root, service",
        "rule-of-strangers, root, root",
    })
    void theNearestRuleThatIsSeenCounts(String host, String toDefault, String toOther) throws IOException {
        for (int request = 0; request < 4; request++) {
            assertThat(inDefault.get(host).body()).as("to default").isEqualTo(toDefault);
            assertThat(inOther.get(host).body()).as("to other").isEqualTo(toOther);
        }
    }
}
