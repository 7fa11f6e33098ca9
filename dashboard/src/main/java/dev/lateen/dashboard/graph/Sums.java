package dev.lateen.dashboard.graph;

import dev.lateen.dashboard.graph.Graph.Health;
import dev.lateen.dashboard.graph.Graph.Traffic;
import dev.lateen.dashboard.traffic.Quantity;
import dev.lateen.dashboard.traffic.Tally;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// Sums of what two reporters say of the same traffic: the caller's numbers where it has any, since it alone sees what
/// never arrived, and of the callee what only it knows, whether the wire was mutual TLS.
///
/// Thread: one.
final class Sums {
    /// As Kiali judges by default.
    private static final double FAILING = 0.1;

    private static final double DEGRADED = 0.001;
    private static final double REFUSALS_FAILING = 0.2;
    private static final double REFUSALS_DEGRADED = 0.1;

    private final Tally main = new Tally();
    private final Tally security = new Tally();

    /// @param numbers to show
    /// @param callee what the callee says
    void add(Tally numbers, Tally callee) {
        main.add(numbers);
        security.add(callee);
    }

    void add(Sums other) {
        main.add(other.main);
        security.add(other.security);
    }

    boolean isEmpty() {
        return main.isEmpty();
    }

    double count() {
        return main.of(Quantity.REQUESTS) + main.of(Quantity.CONNECTIONS);
    }

    Health health() {
        double requests = main.of(Quantity.REQUESTS);
        if (isEmpty()) {
            return Health.IDLE;
        }
        if (requests <= 0) {
            return Health.HEALTHY;
        }
        double failed = main.of(Quantity.FAILED) / requests;
        double refused = main.of(Quantity.REFUSED) / requests;
        if (failed >= FAILING || refused >= REFUSALS_FAILING) {
            return Health.FAILING;
        }
        return failed >= DEGRADED || refused >= REFUSALS_DEGRADED ? Health.DEGRADED : Health.HEALTHY;
    }

    Traffic traffic() {
        double secured = security.of(Quantity.SECURED);
        double known = secured + security.of(Quantity.PLAIN);
        Map<String, Double> answers = new LinkedHashMap<>(main.answers());
        return new Traffic(
                count(),
                main.of(Quantity.FAILED),
                main.of(Quantity.REFUSED),
                known > 0 ? OptionalDouble.of(secured / known) : OptionalDouble.empty(),
                quantile(0.5),
                quantile(0.95),
                quantile(0.99),
                main.of(Quantity.REQUEST_BYTES) + main.of(Quantity.SENT_BYTES),
                main.of(Quantity.RESPONSE_BYTES) + main.of(Quantity.RECEIVED_BYTES),
                answers);
    }

    private OptionalDouble quantile(double share) {
        double value = main.quantile(share);
        return value < 0 ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
