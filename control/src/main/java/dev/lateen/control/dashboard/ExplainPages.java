package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.debug.StoredPlaces;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Explainer;
import dev.lateen.dashboard.explain.Explanation;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Why requests were answered as they were, from what proxies have noted.
///
/// Limits: 1,000 proxies for one request, 20 of a workload, 8 at a time; 10 s for all; 50 failures.
///
/// Thread: any; may block.
record ExplainPages(MeshView mesh, ProxyQuestions questions) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_OF_A_WORKLOAD = 20;
    private static final int MOST_FAILURES = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// What `/decisions` of a proxy may be asked for, too.
    private static final List<String> FILTERS = List.of("path", "status", "flag");

    /// `id` explains one request, hop by hop; without it, what has failed is listed: at one `workload`, or of a `path`,
    /// `status` or `flag`. Says who had no answer (`silent`), who had none in time (`late`), and how many were too
    /// many to be asked (`unasked`).
    Optional<JsonNode> json(Map<String, String> query) {
        ObjectNode json = JSON.createObjectNode();
        List<Decision> found = new ArrayList<>();
        String id = query.getOrDefault("id", "");
        String asked = id.isEmpty()
                ? "failures&limit=" + MOST_FAILURES + filters(query)
                : "nearly&id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        MetricsAddress addresses = new MetricsAddress(mesh.snapshot());
        List<ConnectedProxy> all = proxies(query);
        List<ConnectedProxy> proxies = all.subList(
                0, Math.min(all.size(), query.containsKey("workload") ? MOST_OF_A_WORKLOAD : Collector.MOST_PROXIES));
        AskedTogether.Unanswered<ConnectedProxy> unanswered = ask(
                proxies,
                proxy -> addresses.of(proxy).flatMap(one -> questions.decisions(proxy, one, asked)),
                (proxy, answer) -> answer.path("decisions")
                        .forEach(one ->
                                found.add(DecisionReader.read(one, proxy.node().name()))));
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
        ArrayNode silent = json.putArray("silent");
        ArrayNode late = json.putArray("late");
        found.stream().limit(MOST_FAILURES).forEach(one -> list.add(json(one, explainer.explain(one))));
        unanswered.silent().forEach(one -> silent.add(one.node().name()));
        unanswered.late().forEach(one -> late.add(one.node().name()));
        return Optional.of(json.put("unasked", all.size() - proxies.size()));
    }

    private static AskedTogether.Unanswered<ConnectedProxy> ask(
            List<ConnectedProxy> proxies,
            Function<ConnectedProxy, Optional<JsonNode>> question,
            BiConsumer<ConnectedProxy, JsonNode> taker) {
        try {
            return AskedTogether.ask(proxies, question, taker, PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("the control plane ends"));
        }
    }

    private static String filters(Map<String, String> query) {
        StringBuilder filters = new StringBuilder();
        for (String name : FILTERS) {
            if (query.containsKey(name)) {
                filters.append('&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(query.getOrDefault(name, ""), StandardCharsets.UTF_8));
            }
        }
        return filters.toString();
    }

    private List<ConnectedProxy> proxies(Map<String, String> query) {
        String workload = query.getOrDefault("workload", "");
        return mesh.proxies().stream()
                .filter(proxy -> workload.isEmpty()
                        || workload.equals(proxy.node().namespace() + "/"
                                + proxy.node().metadata().workloadName()))
                .toList();
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
