package dev.lateen.proxy.http;

import dev.lateen.proxy.telemetry.Cell;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Histogram;
import dev.lateen.proxy.telemetry.Stats;

/// A connection manager's numbers under Envoy's names, `http.<stat_prefix>.…`.
///
/// Thread: any; `Cells` one event loop.
final class HttpStats {
    private static final int CLASSES = 6;

    private final Counter connections;
    private final Counter connectionsActive;
    private final Counter requests;
    private final Counter requestsActive;
    private final Counter[] byClass = new Counter[CLASSES];
    private final Histogram time;

    HttpStats(Stats stats, String statPrefix) {
        String prefix = "http." + statPrefix + ".";
        connections = stats.counter(prefix + "downstream_cx_total");
        connectionsActive = stats.gauge(prefix + "downstream_cx_active");
        requests = stats.counter(prefix + "downstream_rq_total");
        requestsActive = stats.gauge(prefix + "downstream_rq_active");
        for (int index = 1; index < CLASSES; index++) {
            byClass[index] = stats.counter(prefix + "downstream_rq_" + index + "xx");
        }
        time = stats.histogram(prefix + "downstream_rq_time");
    }

    Cells cells() {
        return new Cells(this);
    }

    /// The same numbers as one event loop writes them.
    static final class Cells {
        final Cell connections;
        final Cell connectionsActive;
        private final Cell requests;
        private final Cell requestsActive;
        private final Cell[] byClass = new Cell[CLASSES];
        private final Histogram time;

        private Cells(HttpStats stats) {
            connections = stats.connections.cell();
            connectionsActive = stats.connectionsActive.cell();
            requests = stats.requests.cell();
            requestsActive = stats.requestsActive.cell();
            for (int index = 1; index < CLASSES; index++) {
                byClass[index] = stats.byClass[index].cell();
            }
            time = stats.time;
        }

        void started() {
            requests.increment();
            requestsActive.increment();
        }

        void ended(int status, long nanos) {
            requestsActive.add(-1);
            int statusClass = status / 100;
            if (statusClass > 0 && statusClass < CLASSES) {
                byClass[statusClass].increment();
            }
            time.recordNanos(nanos);
        }
    }
}
