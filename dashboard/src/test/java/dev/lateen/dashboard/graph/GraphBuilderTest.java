package dev.lateen.dashboard.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.dashboard.graph.Graph.Health;
import dev.lateen.dashboard.graph.Graph.Kind;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.History;
import dev.lateen.dashboard.traffic.ProxyReader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphBuilderTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = START.plusSeconds(10);

    private final StringBuilder page = new StringBuilder();

    @Test
    void countsARequestOnceThoughBothEndsReportIt() {
        requests("source", "front", "back-v1", "200", 30, "unknown");
        requests("destination", "front", "back-v1", "200", 30, "mutual_tls");
        Graph graph = graph(GraphQuery.Type.WORKLOAD, false);
        assertThat(graph.edges()).hasSize(1);
        assertThat(graph.edges().getFirst().traffic().count()).isEqualTo(30);
        assertThat(graph.edges().getFirst().traffic().secured()).hasValue(1);
        assertThat(graph.edges().getFirst().health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void tellsVersionsApartOrNot() {
        requests("source", "front", "back-v1", "200", 90, "unknown");
        requests("source", "front", "back-v2", "200", 10, "unknown");
        assertThat(graph(GraphQuery.Type.VERSIONED_APP, false).edges())
                .extracting(Graph.Edge::to, Graph.Edge::share)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("app/shop/back/v1", 0.9),
                        org.assertj.core.groups.Tuple.tuple("app/shop/back/v2", 0.1));
        assertThat(graph(GraphQuery.Type.APP, false).edges())
                .singleElement()
                .satisfies(edge -> assertThat(edge.traffic().count()).isEqualTo(100));
    }

    @Test
    void putsTheServiceBetweenWhereAsked() {
        requests("source", "front", "back-v1", "200", 90, "unknown");
        requests("source", "front", "back-v2", "200", 10, "unknown");
        assertThat(graph(GraphQuery.Type.VERSIONED_APP, true).edges())
                .extracting(edge -> edge.from() + " > " + edge.to())
                .containsExactly(
                        "app/shop/front/v1 > service/shop/back",
                        "service/shop/back > app/shop/back/v1",
                        "service/shop/back > app/shop/back/v2");
    }

    @Test
    void showsAtTheServiceWhatNeverReachedAWorkload() {
        requests("source", "front", "unknown", "503", 5, "unknown");
        requests("source", "front", "back-v1", "200", 95, "unknown");
        Graph graph = graph(GraphQuery.Type.WORKLOAD, false);
        assertThat(graph.edges())
                .filteredOn(edge -> edge.to().equals("service/shop/back"))
                .singleElement()
                .satisfies(edge -> {
                    assertThat(edge.health()).isEqualTo(Health.FAILING);
                    assertThat(edge.traffic().answers()).containsEntry("503", 5.0);
                });
    }

    @Test
    void knowsACallerByItsCertificate() {
        page.append("istio_requests_total{reporter=\"destination\",source_workload=\"unknown\","
                + "source_principal=\"spiffe://cluster.local/ns/shop/sa/front\",destination_workload=\"back-v1\","
                + "destination_workload_namespace=\"shop\",destination_canonical_service=\"back\","
                + "destination_canonical_revision=\"v1\",destination_service_name=\"back\","
                + "destination_service_namespace=\"shop\",request_protocol=\"http\",response_code=\"200\"} 1\n");
        assertThat(graph(GraphQuery.Type.WORKLOAD, false).edges())
                .singleElement()
                .satisfies(edge -> assertThat(edge.from()).isEqualTo("workload/shop/front"));
    }

    @Test
    void showsWhatHasNoTraffic() {
        GraphQuery query = new GraphQuery(GraphQuery.Type.WORKLOAD, Duration.ofSeconds(10), Set.of(), false, true);
        Graph graph = GraphBuilder.of(new History(), inventory(), query, END);
        assertThat(graph.nodes())
                .extracting(Graph.Node::name, Graph.Node::health)
                .contains(org.assertj.core.groups.Tuple.tuple("back-v1", Health.IDLE));
    }

    @Test
    void calledByNobodyKnownIsCalledByUnknown() {
        requests("destination", "unknown", "back-v1", "200", 1, "none");
        Graph graph = graph(GraphQuery.Type.SERVICE, false);
        assertThat(graph.nodes()).extracting(Graph.Node::kind).containsExactlyInAnyOrder(Kind.UNKNOWN, Kind.SERVICE);
        assertThat(graph.edges().getFirst().traffic().secured()).hasValue(0);
    }

    private Graph graph(GraphQuery.Type type, boolean services) {
        Map<dev.lateen.dashboard.traffic.EdgeKey, dev.lateen.dashboard.traffic.Tally> edges = new HashMap<>();
        ProxyReader reader = new ProxyReader(1_000);
        reader.read("", edges);
        reader.read(page.toString(), edges);
        History history = new History();
        history.add(new Frame(START, END, edges, 1, 0));
        return GraphBuilder.of(
                history, inventory(), new GraphQuery(type, Duration.ofSeconds(10), Set.of(), services, false), END);
    }

    private void requests(String reporter, String from, String to, String code, int count, String security) {
        page.append("istio_requests_total{reporter=\"" + reporter + "\"," + party("source", from)
                + party("destination", to)
                + "destination_service=\"back.shop.svc.cluster.local\",destination_service_name=\"back\","
                + "destination_service_namespace=\"shop\",request_protocol=\"http\",response_code=\"" + code
                + "\",response_flags=\"-\",connection_security_policy=\"" + security + "\"} " + count + "\n");
    }

    private static String party(String end, String workload) {
        String version = workload.endsWith("v2") ? "v2" : "v1";
        String app = workload.equals("unknown") ? workload : workload.replaceAll("-v[12]$", "");
        return end + "_workload=\"" + workload + "\"," + end + "_workload_namespace=\"shop\"," + end
                + "_canonical_service=\"" + app + "\"," + end + "_canonical_revision=\"" + version + "\",";
    }

    private static Inventory inventory() {
        return new Inventory(
                Map.of(
                        "shop/back",
                        new Inventory.Service(
                                "shop",
                                "back",
                                "back.shop.svc.cluster.local",
                                false,
                                List.of("80 http (HTTP)"),
                                Set.of("shop/back-v1", "shop/back-v2"))),
                Map.of(
                        "shop/front", workload("front", "front", "v1", Set.of()),
                        "shop/back-v1", workload("back-v1", "back", "v1", Set.of("shop/back")),
                        "shop/back-v2", workload("back-v2", "back", "v2", Set.of("shop/back"))));
    }

    private static Inventory.Workload workload(String name, String app, String version, Set<String> services) {
        return new Inventory.Workload(
                "shop",
                name,
                app,
                version,
                app,
                false,
                services,
                Set.of("10.0.0.1"),
                Set.of(),
                Set.of(name + "-0.shop"));
    }
}
