package dev.lateen.dashboard.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.dashboard.trace.TraceDoctor.Finding;
import dev.lateen.dashboard.trace.TraceDoctor.Health;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceDoctorTest {
    private static final List<Span> WHOLE = List.of(
            span("1", "a", "", "gateway.istio-system", "SERVER"),
            span("1", "b", "a", "gateway.istio-system", "CLIENT"),
            span("1", "c", "b", "orders.shop", "SERVER"),
            span("1", "d", "c", "orders.shop", "CLIENT"),
            span("1", "e", "d", "users.shop", "SERVER"));
    private static final List<Span> LOST =
            List.of(span("2", "f", "", "users.shop", "CLIENT"), span("2", "g", "f", "store.shop", "SERVER"));

    @Test
    void namesWhoBeginsTracesThoughItIsCalledWithinOthers() {
        List<Finding> findings = TraceDoctor.examine(List.of(WHOLE, LOST));
        assertThat(findings.getFirst()).isEqualTo(new Finding("users.shop", Health.BROKEN, 1, 1, 1, "2"));
        assertThat(findings.getFirst().words())
                .isEqualTo("1 of its 1 calls began a new trace, though it was called 1 times within one");
    }

    @Test
    void leavesThoseInPeaceThatHandOnTheTrace() {
        assertThat(TraceDoctor.examine(List.of(WHOLE)))
                .extracting(Finding::service, Finding::health)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("orders.shop", Health.WHOLE),
                        org.assertj.core.groups.Tuple.tuple("gateway.istio-system", Health.WHOLE),
                        org.assertj.core.groups.Tuple.tuple("users.shop", Health.UNTESTED));
    }

    @Test
    void expectsNothingOfWhoIsNotCalled() {
        assertThat(TraceDoctor.examine(List.of(List.of(span("3", "h", "", "cron.shop", "CLIENT")))))
                .extracting(Finding::health)
                .containsExactly(Health.UNTESTED);
    }

    private static Span span(String trace, String id, String parent, String service, String kind) {
        return new Span(trace, id, parent, service, "", kind, 0, 1, Map.of());
    }
}
