package dev.lateen.model.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Position;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceParserTest {
    private final ResourceParser parser = new ResourceParser(ParserSettings.DEFAULT);

    @Test
    void namesAResource() {
        RawResource resource = valid("""
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: shop
                  namespace: prod
                  labels: {app: shop}
                  creationTimestamp: 2026-01-31T08:00:00Z
                spec: {}
                """);
        assertThat(resource.key()).isEqualTo(new ResourceKey("networking.istio.io", "VirtualService", "prod", "shop"));
        assertThat(resource.metadata().creationTimestamp()).isEqualTo(Instant.parse("2026-01-31T08:00:00Z"));
        assertThat(resource.origin()).isEqualTo(new Position("f.yaml", 1, 1));
    }

    @Test
    void putsResourcesWithoutANamespaceIntoDefault() {
        assertThat(valid("{apiVersion: v1, kind: Service, metadata: {name: s}}")
                        .key()
                        .namespace())
                .isEqualTo("default");
    }

    @Test
    void keepsClusterResourcesOutOfNamespaces() {
        assertThat(valid("{apiVersion: v1, kind: Namespace, metadata: {name: n}}")
                        .key()
                        .namespace())
                .isEmpty();
    }

    @Test
    void opensLists() {
        List<ParsedResource> parsed = parser.parse("""
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: a}}
                - {apiVersion: v1, kind: Service, metadata: {name: b}}
                """, "f.yaml", 7);
        assertThat(parsed).hasSize(2).allMatch(Valid.class::isInstance);
        assertThat(((Valid) parsed.get(1)).resource().metadata().order()).isEqualTo(8);
        assertThat(parsed.get(1).origin().line()).isEqualTo(5);
    }

    @Test
    void readsSnakeCaseAsCamelCase() {
        RawResource resource = valid("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d}
                spec:
                  host: h
                  traffic_policy:
                    outlier_detection: {consecutive_5xx_errors: 3}
                    connection_pool: {http: {h2_upgrade_policy: 2}}
                """);
        Fields policy = new Fields(resource.root())
                .object("spec", spec -> spec)
                .flatMap(spec -> spec.object("trafficPolicy", found -> found))
                .orElseThrow();
        assertThat(policy.object("outlierDetection", found -> found.text("consecutive5xxErrors", "")))
                .contains("3");
        assertThat(policy.object(
                        "connectionPool", pool -> pool.object("http", http -> http.text("h2UpgradePolicy", ""))))
                .isPresent()
                .get()
                .isEqualTo(Optional.of("UPGRADE"));
    }

    @Test
    void refusesAFieldUnderBothNames() {
        ParsedResource parsed = parser.parse("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d}
                spec:
                  host: h
                  traffic_policy: {}
                  trafficPolicy: {}
                """, "f.yaml").getFirst();
        assertThat(parsed).isInstanceOf(Invalid.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::code).containsExactly("duplicate-key");
    }

    @Test
    void namesTheOwnerOfABrokenDocument() {
        List<ParsedResource> parsed = parser.parse("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata:
                  name: gw
                spec:
                  servers: [ {
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: ok}
                """, "f.yaml");
        assertThat(((Invalid) parsed.getFirst()).key())
                .contains(new ResourceKey("networking.istio.io", "Gateway", "default", "gw"));
        assertThat(parsed.getLast()).isInstanceOf(Valid.class);
    }

    @Test
    void reportsAllThatIsMissingFromAResource() {
        ParsedResource parsed = parser.parse("kind: Gateway\nmetadata: {labels: {a: b}}\n", "f.yaml")
                .getFirst();
        assertThat(parsed).isInstanceOf(Invalid.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::path).containsExactly("apiVersion", "metadata.name");
    }

    @Test
    void refusesATextThatIsNoMapping() {
        assertThat(parser.parse("just words", "f.yaml").getFirst().diagnostics())
                .extracting(Diagnostic::code)
                .containsExactly("not-a-resource");
    }

    private RawResource valid(String text) {
        return ((Valid) parser.parse(text, "f.yaml").getFirst()).resource();
    }
}
