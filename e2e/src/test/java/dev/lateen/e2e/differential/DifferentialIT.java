package dev.lateen.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.DataPlane;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Generated configurations and requests: our proxy does what Envoy does. `-Dlateen.tables=N` takes more
/// configurations, `-Dlateen.calls=N` more calls of each, `-Dlateen.seed=N` others.
class DifferentialIT {
    private static final int TABLES = Integer.getInteger("lateen.tables", 40);
    private static final int CALLS = Integer.getInteger("lateen.calls", 50);
    private static final long SEED = Long.getLong("lateen.seed", 20_261_126L);
    private static final int SHOWN = Integer.getInteger("lateen.shown", 20);
    private static final int TABLES_OF_A_PROXY = 40;

    private final Dice dice = new Dice(new Random(SEED));

    @BeforeAll
    static void bothCanRun() {
        for (DataPlane plane : DataPlane.values()) {
            String obstacle = plane.obstacle();
            assumeTrue(obstacle.isEmpty(), obstacle);
        }
    }

    @Test
    void routesOfEnvoysApiDoTheSameOnBoth() throws Exception {
        RouteTables tables = new RouteTables(dice);
        compare("route tables", tables::next, Wire.HTTP1, false);
    }

    @Test
    void routesOfEnvoysApiDoTheSameOverHttp2() throws Exception {
        RouteTables tables = new RouteTables(dice);
        compare("route tables over HTTP/2", tables::next, Wire.HTTP2, true);
    }

    @Test
    void virtualServicesDoTheSameOverHttp2() throws Exception {
        VirtualServices services = new VirtualServices(dice);
        compare("VirtualServices over HTTP/2", services::next, Wire.HTTP2, false);
    }

    @Test
    void virtualServicesDoTheSameOnBoth() throws Exception {
        VirtualServices services = new VirtualServices(dice);
        compare("VirtualServices", services::next, Wire.HTTP1, false);
    }

    private void compare(String what, IntFunction<Side.Configuration> next, Wire wire, boolean deadlines)
            throws Exception {
        try (Comparison comparison = new Comparison(new Calls(dice, wire, deadlines), CALLS, wire)) {
            for (int done = 0; done < TABLES; done += TABLES_OF_A_PROXY) {
                comparison.compare(next.apply(Math.min(TABLES_OF_A_PROXY, TABLES - done)));
            }
            System.out.printf(
                    "seed %d: %d %s, %d calls, %d of them forwarded, %d different%n",
                    SEED,
                    TABLES,
                    what,
                    comparison.compared(),
                    comparison.forwarded(),
                    comparison.differences().size());
            assertThat(comparison.differences().stream().limit(SHOWN)).isEmpty();
            assertThat(comparison.forwarded()).isBetween(comparison.compared() / 5, comparison.compared() * 4 / 5);
        }
    }
}
