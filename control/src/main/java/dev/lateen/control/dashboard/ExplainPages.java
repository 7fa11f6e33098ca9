package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.debug.StoredPlaces;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Explainer;
import dev.lateen.dashboard.explain.Explanation;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Why requests were answered as they were, from what proxies have noted. It asks the admin APIs of those that can be
/// reached from here, which in a cluster none can: they listen to their own pod alone.
///
/// Limits: 1,000 proxies for one request, 20 of a workload; 4 MiB and 4 s for each, 10 s for all;
/// 50 failures.
///
/// Thread: any; may block.
record ExplainPages(MeshView mesh) {
    private static final JsonMapper JSON = new JsonMapper();
    /// Our proxy's admin API, then the agent beside Envoy.
    private static final List<Integer> PORTS = List.of(15000, 15020);

    private static final int MOST_OF_A_WORKLOAD = 20;
    private static final int MOST_FAILURES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final MetricsPage PAGE = new MetricsPage(4 << 20, Duration.ofSeconds(2));

    /// `id` explains one request, hop by hop; `workload` lists what has failed at one.
    Optional<JsonNode> json(Map<String, String> query) {
        ObjectNode json = JSON.createObjectNode();
        List<String> silent = new ArrayList<>();
        List<Decision> found = new ArrayList<>();
        String id = query.getOrDefault("id", "");
        String asked = id.isEmpty()
                ? "failures&limit=" + MOST_FAILURES
                : "nearly&id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        MetricsAddress addresses = new MetricsAddress(mesh.snapshot());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (ConnectedProxy proxy : proxies(query)) {
            Optional<URI> metrics = addresses.of(proxy);
            boolean late = System.nanoTime() > deadline;
            Optional<JsonNode> answer = late ? Optional.empty() : metrics.flatMap(one -> ask(one, asked));
            if (answer.isPresent()) {
                answer.get()
                        .path("decisions")
                        .forEach(one ->
                                found.add(DecisionReader.read(one, proxy.node().name())));
            } else {
                silent.add(proxy.node().name());
            }
        }
        Comparator<Decision> order =
                Comparator.comparingLong((Decision one) -> one.asked().startMillis());
        // A hop takes longer than those within it.
        found.sort(
                id.isEmpty()
                        ? order.reversed()
                        : order.thenComparing(Comparator.comparingLong(
                                        (Decision one) -> one.answer().micros())
                                .reversed()));
        Explainer explainer = new Explainer(new StoredPlaces(mesh));
        ArrayNode list = json.putArray("decisions");
        found.stream().limit(MOST_FAILURES).forEach(one -> list.add(json(one, explainer.explain(one))));
        silent.forEach(json.putArray("silent")::add);
        return Optional.of(json);
    }

    private List<ConnectedProxy> proxies(Map<String, String> query) {
        String workload = query.getOrDefault("workload", "");
        return mesh.proxies().stream()
                .filter(proxy -> workload.isEmpty()
                        || workload.equals(proxy.node().namespace() + "/"
                                + proxy.node().metadata().workloadName()))
                .limit(workload.isEmpty() ? Collector.MOST_PROXIES : MOST_OF_A_WORKLOAD)
                .toList();
    }

    private static Optional<JsonNode> ask(URI metrics, String query) {
        for (int port : PORTS) {
            try {
                Optional<JsonNode> answer = PAGE.read(
                                URI.create("http://" + metrics.getHost() + ":" + port + "/decisions?" + query))
                        .map(JSON::readTree);
                if (answer.isPresent()) {
                    return answer;
                }
            } catch (IOException | JacksonException _) {
                // Envoy's own admin API has no such page.
            }
        }
        return Optional.empty();
    }

    private static ObjectNode json(Decision decision, Explanation explanation) {
        ObjectNode json = JSON.createObjectNode()
                .put("id", decision.asked().id())
                .put("at", decision.asked().startMillis())
                .put("proxy", decision.proxy())
                .put("direction", decision.asked().direction())
                .put("method", decision.asked().method())
                .put("authority", decision.asked().authority())
                .put("path", decision.asked().path())
                .put("status", decision.answer().status())
                .put("flags", String.join(",", decision.answer().flags()))
                .put("details", decision.answer().details())
                .put("millis", decision.answer().micros() / 1e3)
                .put("route", decision.config().route().name())
                .put("cluster", decision.config().cluster().name())
                .put("host", decision.upstream().host())
                .put("cause", explanation.cause())
                .put("because", explanation.because())
                .put("change", explanation.change());
        ArrayNode places = json.putArray("places");
        explanation
                .at()
                .forEach(place -> places.addObject()
                        .put("resource", place.resource())
                        .put("field", place.field())
                        .put("line", place.line()));
        ArrayNode notes = json.putArray("notes");
        decision.notes()
                .forEach(note -> notes.addObject().put("name", note.name()).put("value", note.value()));
        return json;
    }
}
