package dev.lateen.translate.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnvoyFilterPassTest {
    private static final String CLUSTER = "outbound|80||web.default.svc.cluster.local";
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: 10.9.0.1
              selector: {app: web}
              ports: [{name: http, port: 80, targetPort: 8080}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: default, labels: {app: web}}
            spec: {serviceAccountName: web, containers: [{name: web}]}
            status: {podIP: 10.1.0.7, phase: Running, conditions: [{type: Ready, status: "True"}]}
            """;

    private final Translator translator = new Translator();

    private static String filter(String name, String namespace, String more, String patch) {
        return """
                ---
                apiVersion: networking.istio.io/v1alpha3
                kind: EnvoyFilter
                metadata: {name: %s, namespace: %s}
                spec:
                %s
                  configPatches:
                %s
                """.formatted(
                name, namespace, more.indent(2).stripTrailing(), patch.indent(2).stripTrailing());
    }

    private static String timeout(String time) {
        return """
                - applyTo: CLUSTER
                  match: {context: SIDECAR_OUTBOUND, cluster: {service: web.default.svc.cluster.local}}
                  patch: {operation: MERGE, value: {connect_timeout: %s}}
                """.formatted(time);
    }

    private static MeshSnapshot mesh(String... filters) {
        List<RawResource> resources = new ArrayList<>();
        for (ParsedResource parsed : ResourceReader.create().read(SERVICE + String.join("", filters), "mesh.yaml")) {
            assertThat(parsed).isInstanceOf(ParsedResource.Valid.class);
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                resources.add(resource);
            }
        }
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.put(resources);
        return builder.build();
    }

    private static ProxyNode node(String app, String version) {
        return ProxyNode.parse(
                        "sidecar~10.1.0.7~" + app + "-1.default~default.svc.cluster.local",
                        Map.of("LABELS", Map.of("app", app), "ISTIO_VERSION", version, "LATEEN_PROXY", "true"),
                        Locality.NONE)
                .orElseThrow();
    }

    private XdsResources translated(MeshSnapshot mesh) {
        return translator.translate(mesh, node("web", "1.30.1"));
    }

    private static Cluster cluster(XdsResources resources) throws InvalidProtocolBufferException {
        return Cluster.parseFrom(
                resources.ofType(ResourceType.CLUSTER).get(CLUSTER).any().getValue());
    }

    private static List<String> httpFilters(XdsResources resources) throws InvalidProtocolBufferException {
        Listener listener = Listener.parseFrom(resources
                .ofType(ResourceType.LISTENER)
                .get("virtualInbound")
                .any()
                .getValue());
        for (var chain : listener.getFilterChainsList()) {
            for (var filter : chain.getFiltersList()) {
                if (filter.getTypedConfig().is(HttpConnectionManager.class)
                        && chain.getFilterChainMatch().getDestinationPort().getValue() == 8080) {
                    return filter.getTypedConfig().unpack(HttpConnectionManager.class).getHttpFiltersList().stream()
                            .map(HttpFilter::getName)
                            .toList();
                }
            }
        }
        return List.of();
    }

    @Test
    void laterOnesOverrideRootNamespaceFirstThenPriority() throws InvalidProtocolBufferException {
        var mesh = mesh(
                filter("last", "default", "priority: 5", timeout("5s")),
                filter("wide", "istio-system", "priority: 9", timeout("9s")),
                filter("first", "default", "priority: -1", timeout("1s")));

        assertThat(cluster(translated(mesh)).getConnectTimeout().getSeconds()).isEqualTo(5);
    }

    @Test
    void whatIsMeantForOthersChangesNothing() {
        var plain = translator.translate(mesh(), node("web", "1.30.1"));
        var mesh = mesh(
                filter("labels", "default", "workloadSelector: {labels: {app: other}}", timeout("5s")),
                filter("namespace", "elsewhere", "", timeout("5s")),
                filter(
                        "version",
                        "default",
                        "",
                        timeout("5s").replace("match: {", "match: {proxy: {proxyVersion: '^1\\.2.*'}, ")),
                filter(
                        "metadata",
                        "default",
                        "",
                        timeout("5s").replace("match: {", "match: {proxy: {metadata: {ISTIO_VERSION: x}}, ")));

        assertThat(translated(mesh).ofType(ResourceType.CLUSTER)).isEqualTo(plain.ofType(ResourceType.CLUSTER));
    }

    @Test
    void aRemovedOneLeavesWhatWasBefore() {
        var before = translated(mesh());
        var patched = translated(mesh(filter("a", "default", "", timeout("7s"))));
        var after = translated(mesh());

        assertThat(patched.ofType(ResourceType.CLUSTER)).isNotEqualTo(before.ofType(ResourceType.CLUSTER));
        assertThat(after.ofType(ResourceType.CLUSTER)).isEqualTo(before.ofType(ResourceType.CLUSTER));
    }

    @Test
    void proxiesShareWhatWasPatched() {
        var mesh = mesh(filter("a", "default", "", timeout("7s")));
        var one = translator.translate(mesh, node("web", "1.30.1"));
        var other = translator.translate(mesh, node("shop", "1.30.1"));

        assertThat(one.ofType(ResourceType.CLUSTER).get(CLUSTER))
                .isSameAs(other.ofType(ResourceType.CLUSTER).get(CLUSTER));
        assertThat(translator.translate(mesh, node("web", "1.30.1")).ofType(ResourceType.CLUSTER))
                .isSameAs(one.ofType(ResourceType.CLUSTER));
    }

    @Test
    void anAddedFilterStandsBeforeTheRouter() throws InvalidProtocolBufferException {
        var mesh = mesh(filter("a", "default", "", """
                - applyTo: HTTP_FILTER
                  match:
                    context: SIDECAR_INBOUND
                    listener: {portNumber: 8080}
                  patch:
                    operation: ADD
                    value:
                      name: my.lua
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
                        default_source_code: {inline_string: "function envoy_on_request(h) end"}
                """));

        List<String> names = httpFilters(translated(mesh));
        assertThat(names).endsWith("my.lua", "envoy.filters.http.router");
        assertThat(translator.problems(mesh)).isEmpty();
    }

    @Test
    void aPatchWithMistakesIsLeftOutAloneAndSaysWhere() throws InvalidProtocolBufferException {
        var mesh = mesh(filter("a", "default", "", timeout("7s") + """
                - applyTo: CLUSTER
                  match: {context: SIDECAR_OUTBOUND}
                  patch:
                    operation: MERGE
                    value:
                      connect_timout: 1s
                      lb_policy: SOMETIMES
                      respect_dns_ttl: 4
                - applyTo: HTTP_FILTER
                  patch:
                    operation: ADD
                    value:
                      name: x
                      typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Luo}
                """));

        assertThat(cluster(translated(mesh)).getConnectTimeout().getSeconds()).isEqualTo(7);
        assertThat(translator.problems(mesh))
                .extracting(Diagnostic::code)
                .containsExactly("unknown-field", "wrong-type", "wrong-type", "unknown-type");
        assertThat(translator.problems(mesh).getFirst()).satisfies(found -> {
            assertThat(found.path()).isEqualTo("spec.configPatches[1].patch.value.connect_timout");
            assertThat(found.at().line()).isEqualTo(29);
            assertThat(found.advice()).contains("connect_timeout");
        });
        assertThat(translator.problems(mesh).getLast().advice()).contains("Lua");
    }

    @Test
    void saysInTheResourceWhichPatchesChangedIt() throws InvalidProtocolBufferException {
        var own = cluster(translated(mesh(filter("a", "default", "", timeout("7s")))))
                .getMetadata()
                .getFilterMetadataOrThrow("lateen");

        assertThat(own.getFieldsOrThrow("patches")
                        .getListValue()
                        .getValues(0)
                        .getStructValue()
                        .getFieldsMap())
                .extractingByKey("field")
                .satisfies(field -> assertThat(field.getStringValue()).isEqualTo("spec.configPatches[0]"));
    }

    @Test
    void routesOfTheInboundListenerArePatchedWithinIt() throws InvalidProtocolBufferException {
        var mesh = mesh(filter("a", "default", "", """
                - applyTo: HTTP_ROUTE
                  match: {context: SIDECAR_INBOUND, routeConfiguration: {portNumber: 8080}}
                  patch:
                    operation: MERGE
                    value: {response_headers_to_add: [{header: {key: x-patched, value: "yes"}}]}
                """));

        String text = Listener.parseFrom(translated(mesh)
                        .ofType(ResourceType.LISTENER)
                        .get("virtualInbound")
                        .any()
                        .getValue())
                .toByteString()
                .toStringUtf8();
        assertThat(text).contains("x-patched");
        assertThat(translated(mesh).ofType(ResourceType.ROUTE).values())
                .noneMatch(r -> r.any().getValue().toStringUtf8().contains("x-patched"));
    }

    @Test
    void virtualHostsAreAddedToOutboundRoutes() throws InvalidProtocolBufferException {
        var mesh = mesh(filter("a", "default", "", """
                - applyTo: VIRTUAL_HOST
                  match: {context: SIDECAR_OUTBOUND, routeConfiguration: {name: "80"}}
                  patch:
                    operation: ADD
                    value:
                      name: extra
                      domains: [extra.example]
                      routes: [{match: {prefix: /}, direct_response: {status: 418}}]
                """));

        RouteConfiguration routes = RouteConfiguration.parseFrom(
                translated(mesh).ofType(ResourceType.ROUTE).get("80").any().getValue());
        assertThat(routes.getVirtualHosts(routes.getVirtualHostsCount() - 1).getName())
                .isEqualTo("extra");
    }

    @Test
    void whatCannotBePatchedIsReported() {
        var mesh = mesh(filter("a", "default", "", """
                - applyTo: BOOTSTRAP
                  patch: {operation: MERGE, value: {stats_flush_interval: 1s}}
                - applyTo: CLUSTER
                  match: {context: WAYPOINT}
                  patch: {operation: REMOVE}
                """));

        assertThat(mesh.unsupported())
                .extracting("field")
                .containsExactlyInAnyOrder("spec.configPatches[0].applyTo", "spec.configPatches[1].match.context");
    }

    @Test
    void aPatchThatMakesTooMuchIsLeftOutAndReported() throws InvalidProtocolBufferException {
        String value = "x".repeat(60_000);
        String headers = ("{header: {key: a, value: " + value + "}}, ").repeat(20);
        String others = IntStream.range(0, 4).mapToObj("""
                        ---
                        apiVersion: v1
                        kind: Service
                        metadata: {name: other-%d, namespace: default}
                        spec: {ports: [{name: http, port: 80}]}
                        """::formatted).collect(Collectors.joining());
        var mesh = mesh(others, filter("a", "default", "", """
                - applyTo: VIRTUAL_HOST
                  match: {context: SIDECAR_OUTBOUND}
                  patch: {operation: MERGE, value: {response_headers_to_add: [%s]}}
                """.formatted(headers)));

        RouteConfiguration routes = RouteConfiguration.parseFrom(
                translated(mesh).ofType(ResourceType.ROUTE).get("80").any().getValue());
        assertThat(routes.getVirtualHostsList())
                .hasSizeGreaterThan(4)
                .allMatch(host -> host.getResponseHeadersToAddCount() == 0);
        assertThat(translator.problems(mesh))
                .extracting(Diagnostic::message)
                .singleElement()
                .asString()
                .contains("4 MiB");
    }
}
