package dev.lateen.cli.explain;

import dev.lateen.cli.output.Json;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Puts explanations into words, and into data. Thread: any.
public final class ExplanationText {
    private static final long MICROS_PER_MILLI = 1_000;

    private ExplanationText() {}

    /// A hop of a request: what a proxy noted, and why it answered so.
    public record Hop(Decision decision, Explanation explanation) {}

    /// @param hops in order
    public static String of(List<Hop> hops) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < hops.size(); index++) {
            add(text, index + 1, hops.get(index));
        }
        Hop decisive = decisive(hops);
        Explanation explanation = decisive.explanation();
        text.append('\n').append(explanation.cause()).append('\n');
        line(
                text,
                "at hop",
                decisive.decision().proxy() + " (" + decisive.decision().asked().direction() + ")");
        line(text, "because", explanation.because());
        explanation.at().forEach(place -> line(text, "see", place.toString()));
        line(text, "change", explanation.change());
        return text.toString();
    }

    /// Where the answer was made: the last hop that did not only pass it on. One that was left by its client has no say
    /// where a hop gave up waiting for it.
    public static Hop decisive(List<Hop> hops) {
        for (Hop hop : hops.reversed()) {
            if (!hop.decision().passedOn() && !hop.decision().abandoned()) {
                return hop;
            }
        }
        return hops.stream()
                .filter(hop -> hop.decision().abandoned())
                .findFirst()
                .orElseGet(hops::getLast);
    }

    private static void add(StringBuilder text, int number, Hop hop) {
        Decision decision = hop.decision();
        Decision.Asked asked = decision.asked();
        Decision.Answer answer = decision.answer();
        text.append(number)
                .append(". ")
                .append(decision.proxy())
                .append(" (")
                .append(asked.direction())
                .append("): ")
                .append(asked.method().isEmpty() ? "TCP" : asked.method() + " " + asked.authority() + asked.path())
                .append(" -> ")
                .append(answer.status() == 0 ? "no answer" : answer.status())
                .append(answer.flags().isEmpty() ? "" : " " + String.join(",", answer.flags()))
                .append(answer.details().isEmpty() ? "" : " " + answer.details())
                .append(", ")
                .append(answer.micros() / MICROS_PER_MILLI)
                .append(" ms\n");
        line(text, "from", from(decision.caller()));
        line(text, "listener", listener(decision.config()));
        line(text, "route", route(decision.config().route()));
        line(
                text,
                "cluster",
                piece(
                        decision.config().cluster().name(),
                        decision.config().cluster().from()));
        decision.upstream()
                .failed()
                .forEach(one -> line(
                        text,
                        "tried",
                        one.host() + ": " + one.result() + " after " + one.micros() / MICROS_PER_MILLI + " ms"));
        line(text, "host", decision.upstream().host());
        decision.notes().forEach(note -> line(text, note.name(), note.value()));
        decision.nearly()
                .forEach(near -> line(
                        text,
                        "nearly",
                        piece(near.name().isEmpty() ? "a route" : "route " + near.name(), near.from())
                                + ", which wants " + near.wants()));
    }

    private static String from(Decision.Caller caller) {
        return caller.address()
                + (caller.identity().isEmpty() ? "" : " " + caller.identity())
                + (caller.mutualTls() ? " (mutual TLS)" : "");
    }

    private static String listener(Decision.Config config) {
        return config.listener() + (config.filterChain().isEmpty() ? "" : ", filter chain " + config.filterChain());
    }

    private static String route(Decision.Route route) {
        if (route.table().isEmpty() && route.virtualHost().isEmpty()) {
            // Envoy's log has the name alone.
            return piece(route.name(), route.from());
        }
        String name = route.virtualHost().isEmpty()
                ? "none in table " + route.table()
                : (route.name().isEmpty() ? "without a name" : route.name()) + " of " + route.virtualHost()
                        + " in table " + route.table();
        return piece(name, route.from());
    }

    private static String piece(String name, Decision.Made from) {
        if (name.isEmpty()) {
            return "";
        }
        if (from.file().isEmpty()) {
            return name
                    + (from.resource().isEmpty() ? "" : " (" + (from.resource() + " " + from.field()).strip() + ")");
        }
        String field = from.field().isEmpty() ? "" : " " + from.field();
        return name + " (" + from.file() + ":" + from.line() + field + ")";
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("   ")
                    .append(name)
                    .append(" ".repeat(Math.max(1, 12 - name.length())))
                    .append(value)
                    .append('\n');
        }
    }

    /// The same as data.
    public static Object data(List<Hop> hops, List<String> silent) {
        List<Object> list = new ArrayList<>();
        for (Hop hop : hops) {
            list.add(Json.object("decision", hop.decision(), "explanation", hop.explanation()));
        }
        Map<String, Object> all = Json.object("hops", list, "silent", silent);
        if (!hops.isEmpty()) {
            Hop decisive = decisive(hops);
            all.put("proxy", decisive.decision().proxy());
            all.put("explanation", decisive.explanation());
        }
        return all;
    }
}
