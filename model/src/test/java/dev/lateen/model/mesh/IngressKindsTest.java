package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ResourceReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which Ingresses a mesh serves, and how what they stand for follows their changes.
class IngressKindsTest {
    private static final String CONFIG = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec: {meshConfig: {%s}}
            ---
            """;
    private static final String CLASSES = """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: mesh}
            spec: {controller: istio.io/ingress-controller}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: other}
            spec: {controller: example.com/other}
            ---
            """;
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: apps}
            spec: {ports: [{name: web, port: 8080}]}
            ---
            """;
    private static final String NAMED = ingress("a", "ingressClassName: mesh", "", "/", "name: web");

    private static String ingress(String name, String spec, String annotations, String path, String port) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: %s, namespace: apps, annotations: {%s}}
                spec:
                  %s
                  rules:
                  - host: shop.test
                    http:
                      paths:
                      - {path: %s, pathType: Prefix, backend: {service: {name: shop, port: {%s}}}}
                ---
                """.formatted(name, annotations, spec, path, port);
    }

    private static SnapshotBuilder builder(String yaml) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        List<RawResource> resources = read(yaml);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        return builder;
    }

    private static List<RawResource> read(String yaml) {
        List<RawResource> resources = new ArrayList<>();
        for (ParsedResource parsed : ResourceReader.create().read(yaml, "test.yaml")) {
            resources.add(((ParsedResource.Valid) parsed).resource());
        }
        return resources;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                             | ''                      | ''                                    | false",
                "''                             | ingressClassName: mesh  | ''                                    | true",
                "''                             | ingressClassName: other | ''                                    | false",
                "''                             | ingressClassName: none  | ''                                    | false",
                "''                             | ''                      | 'kubernetes.io/ingress.class: istio'  | true",
                "''                             | ''                      | 'kubernetes.io/ingress.class: nginx'  | false",
                "''                             | ingressClassName: mesh  | 'kubernetes.io/ingress.class: nginx'  | false",
                "'ingressClass: edge'           | ''                      | 'kubernetes.io/ingress.class: edge'   | true",
                "'ingressClass: edge'           | ''                      | 'kubernetes.io/ingress.class: istio'  | false",
                "ingressControllerMode: DEFAULT | ''                      | ''                                    | true",
                "ingressControllerMode: DEFAULT | ''                      | 'kubernetes.io/ingress.class: nginx'  | false",
                "ingressControllerMode: DEFAULT | ingressClassName: other | ''                                    | false",
                "ingressControllerMode: OFF     | ingressClassName: mesh  | ''                                    | false",
                "ingressControllerMode: OFF     | ''                      | 'kubernetes.io/ingress.class: istio'  | false",
            })
    void servesWhatIsOfItsClass(String config, String spec, String annotations, boolean served) {
        MeshSnapshot snapshot = builder(
                        CONFIG.formatted(config) + CLASSES + ingress("a", spec, annotations, "/", "number: 80"))
                .build();
        assertThat(snapshot.traffic().gateways()).hasSize(served ? 1 : 0);
        assertThat(snapshot.traffic().virtualServices()).hasSize(served ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ingressgateway",
        "ingressSelector: edge, edge",
        "'ingressSelector: \"\", ingressService: edge-service', edge-service",
        "'ingressSelector: \"\", ingressService: istio-ingressgateway', ingressgateway",
        "'ingressSelector: \"\", ingressService: \"\"', ingressgateway",
    })
    void choosesTheProxiesThatTheSettingsName(String config, String proxies) {
        MeshSnapshot snapshot =
                builder(CONFIG.formatted(config) + CLASSES + NAMED).build();
        assertThat(gateway(snapshot).selector().labels()).isEqualTo(Map.of("istio", proxies));
    }

    @Test
    void findsPortsByTheirNamesWheneverTheServiceComes() {
        SnapshotBuilder builder = builder(CLASSES + NAMED);
        assertThat(builder.build().traffic().virtualServices()).isEmpty();

        builder.put(read(SERVICE));
        assertThat(port(builder.build())).isEqualTo(8080);

        builder.put(read(SERVICE.replace("8080", "9090")));
        assertThat(port(builder.build())).isEqualTo(9090);
    }

    @Test
    void keepsWhatDidNotChange() {
        SnapshotBuilder builder =
                builder(CLASSES + NAMED + ingress("b", "ingressClassName: mesh", "", "/b", "number: 80"));
        builder.put(read(SERVICE));
        MeshSnapshot before = builder.build();

        builder.put(read(SERVICE.replace("name: shop", "name: another")));
        MeshSnapshot after = builder.build();

        assertThat(after.traffic()).isSameAs(before.traffic());
    }

    @Test
    void forgetsWhatIsRemoved() {
        SnapshotBuilder builder = builder(SERVICE + CLASSES + NAMED);
        assertThat(builder.build().traffic().gateways()).hasSize(1);

        builder.remove(List.of(new ResourceKey("networking.k8s.io", "Ingress", "apps", "a")));

        MeshSnapshot after = builder.build();
        assertThat(after.traffic().gateways()).isEmpty();
        assertThat(after.traffic().virtualServices()).isEmpty();
    }

    @Test
    void followsTheClass() {
        SnapshotBuilder builder = builder(SERVICE + NAMED);
        assertThat(builder.build().traffic().gateways()).isEmpty();

        builder.put(read(CLASSES));
        assertThat(builder.build().traffic().gateways()).hasSize(1);

        builder.put(read(CLASSES.replace("istio.io/ingress-controller", "example.com/other")));
        assertThat(builder.build().traffic().gateways()).isEmpty();
    }

    @Test
    void leavesAResourceOfTheSameName() {
        String same = """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: shop-test-a-istio-autogenerated-k8s-ingress, namespace: apps}
                spec: {hosts: [own.test], http: [{route: [{destination: {host: shop}}]}]}
                ---
                """;
        MeshSnapshot snapshot = builder(SERVICE + CLASSES + NAMED + same).build();
        assertThat(snapshot.traffic().virtualServices())
                .extracting(service -> service.hosts().getFirst())
                .containsExactlyInAnyOrder("shop.test", "own.test");
    }

    @Test
    void reportsResourceBackendsOfItsOwnAlone() {
        String resource = """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: bucket, namespace: apps}
                spec:
                  ingressClassName: %s
                  defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: a}}
                ---
                """;
        List<UnsupportedFeature> found =
                builder(CLASSES + resource.formatted("mesh")).build().unsupported();
        assertThat(found).singleElement().satisfies(feature -> {
            assertThat(feature.field()).isEqualTo("spec.defaultBackend.resource");
            assertThat(feature.at().line()).isEqualTo(16);
        });
        assertThat(builder(CLASSES + resource.formatted("other")).build().unsupported())
                .isEmpty();
    }

    private static Gateway gateway(MeshSnapshot snapshot) {
        return snapshot.traffic().gateways().getFirst();
    }

    private static int port(MeshSnapshot snapshot) {
        VirtualService service = snapshot.traffic().virtualServices().getFirst();
        HttpRoute.Action.Forward forward =
                (HttpRoute.Action.Forward) service.http().getFirst().action();
        return forward.to().getFirst().destination().port().orElseThrow();
    }
}
