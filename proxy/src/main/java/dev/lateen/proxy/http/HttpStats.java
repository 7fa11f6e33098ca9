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
    private final Counter overloaded;
    private final Counter overloadEnds;
    private final Counter maxRequests;
    private final Counter underscores;

    HttpStats(Stats stats, String statPrefix) {
        String prefix = "http." + statPrefix + ".";
        connections = stats.counter(prefix + "downstream_cx_total");
        connectionsActive = stats.gauge(prefix + "downstream_cx_active");
        requests = stats.counter(prefix + "downstream_rq_total");
        requestsActive = stats.gauge(prefix + "downstream_rq_active");
        for (int index = 1; index < CLASSES; index++) {
            byClass[index] = stats.counter(prefix + "downstream_rq_" + index + "xx");
        }
        overloaded = stats.counter(prefix + "downstream_rq_overload_close");
        overloadEnds = stats.counter(prefix + "downstream_cx_overload_disable_keepalive");
        maxRequests = stats.counter(prefix + "downstream_cx_max_requests_reached");
        underscores = stats.counter(prefix + "downstream_rq_rejected_underscores");
        time = stats.histogram(prefix + "downstream_rq_time");
    }

    /// Requests that were answered with 503 since a resource was scarce.
    Counter overloaded() {
        return overloaded;
    }

    /// Connections that were ended since a resource was scarce.
    Counter overloadEnds() {
        return overloadEnds;
    }

    /// Connections that were ended since they had brought as many requests as one may.
    Counter maxRequests() {
        return maxRequests;
    }

    /// Requests that were refused for an underscore in a field's name.
    Counter underscores() {
        return underscores;
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
