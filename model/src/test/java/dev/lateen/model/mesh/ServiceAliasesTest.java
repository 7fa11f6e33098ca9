package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Which names stand for which services.
class ServiceAliasesTest {
    private static final String DOMAIN = ".default.svc.cluster.local";
    private static final String SHOP = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
            ---
            """;

    private static String alias(String name, String of) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {type: ExternalName, externalName: %s}
                ---
                """.formatted(name, of);
    }

    private static MeshSnapshot mesh(SnapshotBuilder builder, String yaml) {
        builder.put(ResourceReader.create().read(yaml, "mesh.yaml").stream()
                .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                .toList());
        return builder.build();
    }

    private static MeshSnapshot mesh(String yaml) {
        return mesh(new SnapshotBuilder(MeshSettings.DEFAULT), yaml);
    }

    private static MeshService shop(MeshSnapshot mesh) {
        return mesh.services().get(new ServiceId("shop" + DOMAIN, "default")).orElseThrow();
    }

    @Test
    void followsEveryStep() {
        MeshSnapshot mesh = mesh(SHOP + alias("one", "two" + DOMAIN) + alias("two", "Shop" + DOMAIN + "."));
        assertThat(mesh.services().behind("one" + DOMAIN)).isEqualTo("shop" + DOMAIN);
        assertThat(mesh.services().behind("shop" + DOMAIN)).isEqualTo("shop" + DOMAIN);
        assertThat(shop(mesh).aliases()).containsExactly("one" + DOMAIN, "two" + DOMAIN);
    }

    @Test
    void leavesNamesInACircleAlone() {
        MeshSnapshot mesh = mesh(SHOP + alias("one", "two" + DOMAIN) + alias("two", "one" + DOMAIN));
        assertThat(mesh.services().behind("one" + DOMAIN)).isEqualTo("one" + DOMAIN);
        assertThat(shop(mesh).aliases()).isEmpty();
    }

    @Test
    void keepsANameThatTheRegistryDoesNotKnow() {
        assertThat(mesh(alias("one", "shop.example.com")).services().behind("one" + DOMAIN))
                .isEqualTo("shop.example.com");
    }

    @Test
    void areThoseOfNow() {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        MeshService before = shop(mesh(builder, SHOP + alias("one", "shop" + DOMAIN)));
        assertThat(shop(mesh(builder, alias("other", "elsewhere.example.com")))).isSameAs(before);
        assertThat(shop(mesh(builder, alias("one", "elsewhere.example.com"))).aliases())
                .isEmpty();
    }

    @Test
    void areLeftOutWhereASidecarDoesNotImportThem() {
        MeshSnapshot mesh = mesh(SHOP + alias("one", "shop" + DOMAIN) + alias("two", "shop" + DOMAIN) + """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: narrow, namespace: default}
                spec: {egress: [{hosts: [./shop.default.svc.cluster.local, ./two.default.svc.cluster.local]}]}
                """);
        ProxyNode node = ProxyNode.parse(
                        "sidecar~10.1.0.1~web-1.default~default.svc.cluster.local",
                        Map.of("NAMESPACE", "default"),
                        Locality.NONE)
                .orElseThrow();
        OutboundScope scope = new ScopeResolver().resolve(mesh, node).outbound();
        assertThat(scope.service("shop" + DOMAIN).orElseThrow().aliases()).containsExactly("two" + DOMAIN);
    }
}
