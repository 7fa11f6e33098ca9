package dev.lateen.dashboard.trace;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Names the workloads that lose traces. A proxy cannot know which of the requests that come in caused which of those
/// that go out: the application has to hand on the fields of the trace. Where it does not, its calls are the first of
/// traces of their own, although the workload is called within others.
///
/// Gateways begin traces by what they are; a workload that nobody calls does so, too.
///
/// Thread: any.
public final class TraceDoctor {
    /// What an application has to hand on from each request to those that it makes for it.
    public static final List<String> FIELDS = List.of(
            "x-request-id",
            "traceparent",
            "tracestate",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "x-b3-sampled",
            "x-b3-flags");

    private static final double MOST_OF_ITS_OWN = 0.5;

    private TraceDoctor() {}

    /// How it is with one workload.
    public enum Health {
        /// What it calls belongs to the traces of what calls it.
        WHOLE,
        /// It loses the trace.
        BROKEN,
        /// Some of its calls begin a trace, fewer than half: they may be its own.
        PARTLY,
        /// It calls nobody, or nobody calls it.
        UNTESTED
    }

    /// @param service `app.namespace`
    /// @param served requests that came in
    /// @param calls requests that went out
    /// @param begun of these, those that are the first of a trace
    /// @param example a trace that begins here; empty for none
    public record Finding(String service, Health health, long served, long calls, long begun, String example) {
        /// What is the matter, and what to do, in one sentence each.
        public String words() {
            return switch (health) {
                case WHOLE -> "hands on the trace";
                case UNTESTED -> served == 0 ? "is not called within a trace" : "calls nobody";
                case PARTLY, BROKEN ->
                    begun + " of its " + calls + " calls began a new trace, though it was called " + served
                            + " times within one";
            };
        }
    }

    /// One finding for each workload that the traces name, the broken first.
    public static List<Finding> examine(Collection<List<Span>> traces) {
        Map<String, Counts> services = new TreeMap<>();
        for (List<Span> trace : traces) {
            for (Span span : trace) {
                Counts counts = services.computeIfAbsent(span.service(), _ -> new Counts());
                if (span.kind().equals("SERVER")) {
                    counts.served++;
                } else if (span.kind().equals("CLIENT")) {
                    counts.called(span);
                }
            }
        }
        Map<Health, List<Finding>> found = new LinkedHashMap<>();
        for (Health health : List.of(Health.BROKEN, Health.PARTLY, Health.UNTESTED, Health.WHOLE)) {
            found.put(health, new java.util.ArrayList<>());
        }
        services.forEach((service, counts) -> {
            Finding finding = counts.finding(service);
            found.getOrDefault(finding.health(), List.of()).add(finding);
        });
        return found.values().stream().flatMap(List::stream).toList();
    }

    private static final class Counts {
        private long served;
        private long calls;
        private long begun;
        private String example = "";

        private void called(Span span) {
            calls++;
            if (span.parent().isEmpty()) {
                begun++;
                example = span.trace();
            }
        }

        private Finding finding(String service) {
            Health health = served == 0 || calls == 0
                    ? Health.UNTESTED
                    : begun == 0 ? Health.WHOLE : begun >= calls * MOST_OF_ITS_OWN ? Health.BROKEN : Health.PARTLY;
            return new Finding(service, health, served, calls, begun, example);
        }
    }
}
