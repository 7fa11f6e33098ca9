package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What one change costs: everything that it does not touch stays the same instance.
class SharingTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: NAME, namespace: default}
            spec:
              clusterIP: 10.0.0.1
              selector: {app: NAME}
              ports: [{name: http, port: 80}]
            """;
    private static final String ENDPOINTS = """
            apiVersion: v1
            kind: Endpoints
            metadata: {name: NAME, namespace: default}
            subsets:
            - addresses: [{ip: ADDRESS}]
              ports: [{name: http, port: 8080}]
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one, namespace: default}
            spec:
              hosts: [one]
              http:
              - route: [{destination: {host: one}}]
                timeout: TIMEOUT
            """;

    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final Translator translator = new Translator();
    private final ScopeResolver scopes = new ScopeResolver();

    private static List<RawResource> parse(String text) {
        List<RawResource> read = new ArrayList<>();
        for (ParsedResource parsed : new ResourceParser(ParserSettings.DEFAULT).parse(text, "test.yaml")) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                read.add(resource);
            }
        }
        return read;
    }

    private static ProxyNode node(String ip) {
        return node(ip, Map.of());
    }

    private static ProxyNode node(String ip, Map<String, ?> proxyConfig) {
        return ProxyNode.parse(
                        "sidecar~" + ip + "~pod-" + ip + ".default~default.svc.cluster.local",
                        Map.of("LABELS", Map.of("app", "client-" + ip), "PROXY_CONFIG", proxyConfig),
                        Locality.NONE)
                .orElseThrow();
    }

    private void mesh() {
        for (String name : List.of("one", "two")) {
            builder.put(parse(SERVICE.replace("NAME", name)));
            builder.put(parse(ENDPOINTS.replace("NAME", name).replace("ADDRESS", "10.1.0.1")));
        }
        builder.put(parse(ROUTE.replace("TIMEOUT", "1s")));
    }

    @Test
    void proxiesThatSeeTheSameShareTheirResources() {
        mesh();
        var snapshot = builder.build();

        XdsResources first = translator.translate(snapshot, node("10.9.0.1"));
        XdsResources second = translator.translate(snapshot, node("10.9.0.2"));

        assertThat(second.ofType(ResourceType.ROUTE)).isNotEmpty().isSameAs(first.ofType(ResourceType.ROUTE));
        assertThat(second.ofType(ResourceType.ENDPOINT)).isSameAs(first.ofType(ResourceType.ENDPOINT));
    }

    @Test
    void aChangedEndpointChangesOneAssignmentOnly() {
        mesh();
        XdsResources before = translator.translate(builder.build(), node("10.9.0.1"));

        builder.put(parse(ENDPOINTS.replace("NAME", "one").replace("ADDRESS", "10.1.0.2")));
        XdsResources after = translator.translate(builder.build(), node("10.9.0.1"));

        assertThat(after.ofType(ResourceType.CLUSTER)).isSameAs(before.ofType(ResourceType.CLUSTER));
        assertThat(after.ofType(ResourceType.LISTENER)).isSameAs(before.ofType(ResourceType.LISTENER));
        assertThat(after.ofType(ResourceType.ROUTE)).isSameAs(before.ofType(ResourceType.ROUTE));
        String one = "outbound|80||one.default.svc.cluster.local";
        String two = "outbound|80||two.default.svc.cluster.local";
        assertThat(after.ofType(ResourceType.ENDPOINT).get(one))
                .isNotEqualTo(before.ofType(ResourceType.ENDPOINT).get(one));
        assertThat(after.ofType(ResourceType.ENDPOINT).get(two))
                .isSameAs(before.ofType(ResourceType.ENDPOINT).get(two));
    }

    @Test
    void aChangedRouteLeavesClustersAndEndpointsAlone() {
        mesh();
        XdsResources before = translator.translate(builder.build(), node("10.9.0.1"));

        builder.put(parse(ROUTE.replace("TIMEOUT", "2s")));
        XdsResources after = translator.translate(builder.build(), node("10.9.0.1"));

        assertThat(after.ofType(ResourceType.CLUSTER)).isSameAs(before.ofType(ResourceType.CLUSTER));
        assertThat(after.ofType(ResourceType.ENDPOINT)).isSameAs(before.ofType(ResourceType.ENDPOINT));
        assertThat(after.ofType(ResourceType.LISTENER)).isSameAs(before.ofType(ResourceType.LISTENER));
        assertThat(after.ofType(ResourceType.ROUTE)).isNotEqualTo(before.ofType(ResourceType.ROUTE));
    }

    @Test
    void anUnchangedResourceChangesNothing() {
        mesh();
        XdsResources before = translator.translate(builder.build(), node("10.9.0.1"));

        builder.put(parse(ROUTE.replace("TIMEOUT", "1s")));
        XdsResources after = translator.translate(builder.build(), node("10.9.0.1"));

        for (ResourceType type : ResourceType.values()) {
            assertThat(after.ofType(type)).isSameAs(before.ofType(type));
        }
    }

    @Test
    void oneChangedEndpointTranslatesOneService() {
        mesh();
        OutboundResources resources = new OutboundResources();
        resources.update(scene());
        long before = resources.translations();

        builder.put(parse(ENDPOINTS.replace("NAME", "one").replace("ADDRESS", "10.1.0.2")));
        resources.update(scene());

        assertThat(resources.translations() - before).isEqualTo(1);
    }

    @Test
    void seesEndpointsThatChangedInASnapshotThatItWasNotShown() {
        mesh();
        OutboundResources resources = new OutboundResources();
        resources.update(scene());

        builder.put(parse(ENDPOINTS.replace("NAME", "one").replace("ADDRESS", "10.1.0.2")));
        builder.build();
        builder.put(parse(ENDPOINTS.replace("NAME", "two").replace("ADDRESS", "10.1.0.3")));
        resources.update(scene());

        OutboundResources fresh = new OutboundResources();
        fresh.update(scene());
        assertThat(resources.endpoints(scene())).isEqualTo(fresh.endpoints(scene()));
    }

    @Test
    void oneChangedRouteTranslatesAndEncodesOnlyItself() {
        mesh();
        OutboundResources resources = new OutboundResources();
        resources.update(scene());
        long translations = resources.translations();
        long routes = resources.memo().translations();
        long hosts = resources.memo().encodings();

        builder.put(parse(ROUTE.replace("TIMEOUT", "2s")));
        resources.update(scene());

        assertThat(resources.translations()).isEqualTo(translations);
        assertThat(resources.memo().translations() - routes).isEqualTo(1);
        assertThat(resources.memo().encodings() - hosts).isEqualTo(1);
    }

    @Test
    void encodedHostsAreTheRouteConfiguration() throws Exception {
        mesh();
        XdsResources made = translator.translate(builder.build(), node("10.9.0.1"));

        RouteConfiguration read = RouteConfiguration.parseFrom(
                made.ofType(ResourceType.ROUTE).get("80").any().getValue());

        assertThat(read.getName()).isEqualTo("80");
        assertThat(read.getVirtualHostsList())
                .extracting(VirtualHost::getName)
                .containsExactly("one.default.svc.cluster.local:80", "two.default.svc.cluster.local:80", "allow_any");
    }

    @Test
    void countsWhatProxiesShare() {
        mesh();
        var snapshot = builder.build();
        translator.translate(snapshot, node("10.9.0.1"));
        translator.translate(snapshot, node("10.9.0.2"));

        TranslationNumbers numbers = translator.numbers();

        assertThat(numbers.shared()).isEqualTo(1);
        assertThat(numbers.made()).isEqualTo(1);
        assertThat(numbers.scopes()).isEqualTo(1);
        assertThat(numbers.services()).isEqualTo(2);
    }

    @Test
    void countsListenersThatTwoServicesWant() {
        mesh();
        String tcp =
                SERVICE.replace("clusterIP: 10.0.0.1", "clusterIP: 10.0.0.9").replace("name: http", "name: tcp");
        builder.put(parse(tcp.replace("NAME", "db")));
        builder.put(parse(tcp.replace("NAME", "other")));
        translator.translate(builder.build(), node("10.9.0.1"));

        assertThat(translator.numbers().conflicts()).isEqualTo(new TranslationNumbers.Conflicts(1, 0, 0, 0));

        builder.remove(List.of(parse(tcp.replace("NAME", "other")).getFirst().key()));
        translator.translate(builder.build(), node("10.9.0.1"));

        assertThat(translator.numbers().conflicts()).isEqualTo(new TranslationNumbers.Conflicts(0, 0, 0, 0));
    }

    @Test
    void countsPortsThatServerFirstProtocolsTakeFromHttp() {
        mesh();
        builder.put(parse("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: db, namespace: default}
                spec:
                  hosts: [db.outside]
                  ports: [{number: 80, name: mysql, protocol: MySQL}]
                  resolution: DNS
                """));
        translator.translate(builder.build(), node("10.9.0.1"));

        TranslationNumbers.Conflicts conflicts = translator.numbers().conflicts();

        assertThat(conflicts.httpOverTcp() + conflicts.tcpOverHttp()).isEqualTo(1);
    }

    @Test
    void countsPortsOfAWorkloadThatAreOfTwoProtocols() {
        String own = SERVICE.replace("{app: NAME}", "{app: client-10.9.0.1}")
                .replace("port: 80", "port: 80, targetPort: 8080");
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: pod-10.9.0.1, namespace: default, labels: {app: client-10.9.0.1}}
                spec: {containers: [{name: app}]}
                status: {podIP: 10.9.0.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
                """;
        builder.put(parse(pod));
        builder.put(parse(own.replace("NAME", "one")));
        builder.put(parse(
                own.replace("NAME", "two").replace("name: http", "name: tcp").replace("10.0.0.1", "10.0.0.2")));
        translator.translate(builder.build(), node("10.9.0.1"));

        assertThat(translator.numbers().conflicts().inbound()).isEqualTo(1);
    }

    @Test
    void proxiesThatTreatTrafficDifferentlyShareNoListeners() {
        mesh();
        Map<String, ?> own = Map.of("proxyHeaders", Map.of("server", Map.of("value", "own")));
        var first = translator.translate(builder.build(), node("10.9.0.1", Map.of("concurrency", 1.0)));

        var second = translator.translate(builder.build(), node("10.9.0.2", Map.of("concurrency", 2.0)));
        var third = translator.translate(builder.build(), node("10.9.0.3", own));

        assertThat(second.get(ResourceType.LISTENER, "0.0.0.0_80"))
                .isEqualTo(first.get(ResourceType.LISTENER, "0.0.0.0_80"));
        assertThat(third.get(ResourceType.LISTENER, "0.0.0.0_80"))
                .isNotEqualTo(first.get(ResourceType.LISTENER, "0.0.0.0_80"));
    }

    private Scene scene() {
        return new Scene(scopes.resolve(builder.build(), node("10.9.0.1")), new AccessListFilters());
    }
}
