package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioMetrics.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How many label sets there may be, and how they go.
final class SeriesBudgetTest {
    private static final PeerInfo CLIENT = new PeerInfo("c-v1", "ns", "c", "v1", "c", "v1", "K");
    private static final int BUDGET = 100;

    private final Stats stats = new Stats(BUDGET);
    private final IstioMetrics metrics = new IstioMetrics(stats, Reporter.SOURCE, CLIENT);
    private final IstioMetrics.Worker worker = metrics.onOwnThread();
    private final IstioMetrics.Worker second = metrics.onOwnThread();

    private static StreamInfo request() {
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_2, "GET", "http", "s:80", "/", new Headers());
        info.status = 200;
        return info;
    }

    private static DestinationService service(int index) {
        return new DestinationService("host" + index, "s", "ns");
    }

    private long counted(String host) {
        return PrometheusText.of(stats, false)
                .lines()
                .filter(line -> line.startsWith("istio_requests_total{")
                        && line.contains("destination_service=\"" + host + "\""))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /// What the budget warns of meanwhile.
    private static List<String> said(Runnable action) {
        List<String> said = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord message) {
                said.add(message.getMessage() + List.of(message.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(SeriesBudget.class.getName());
        log.addHandler(handler);
        try {
            action.run();
        } finally {
            log.removeHandler(handler);
        }
        return said;
    }

    @Test
    void foldsNewLabelSetsAboveTheBudgetAndSaysSo() {
        List<String> said = said(() -> {
            for (int index = 0; index < BUDGET + 50; index++) {
                worker.request(request(), service(index));
                second.request(request(), service(index));
            }
        });
        assertThat(counted("host" + (BUDGET - 1))).isEqualTo(2);
        assertThat(counted("host" + BUDGET)).isZero();
        assertThat(counted("other")).isEqualTo(100);
        assertThat(PrometheusText.of(stats, false))
                .contains("lateen_metrics_folded_total{} 100\n", "lateen_metrics_label_sets{} 101\n");
        assertThat(said).singleElement().asString().contains("host" + BUDGET, "100", "LATEEN_METRICS_LABEL_SETS");
    }

    @Test
    void forgetsWhatNobodyUsesAndMakesRoom() {
        for (int index = 0; index < BUDGET; index++) {
            worker.request(request(), service(index));
        }
        stats.evictUnused();
        worker.request(request(), service(1));
        stats.evictUnused();
        assertThat(counted("host0")).isZero();
        assertThat(counted("host1")).isEqualTo(2);
        assertThat(stats.istio().size()).isEqualTo(1);

        worker.request(request(), service(BUDGET + 1));
        worker.request(request(), service(0));
        assertThat(counted("host" + (BUDGET + 1))).isEqualTo(1);
        assertThat(counted("host0")).isEqualTo(1);
    }

    @Test
    void losesNothingThatIsCountedWhileItIsForgotten() {
        worker.request(request(), service(0));
        IstioSeries.Requests held = stats.istio()
                .requests(IstioMetric.REQUESTS_TOTAL)
                .values()
                .iterator()
                .next()
                .getFirst();
        stats.evictUnused();
        stats.evictUnused();
        assertThat(held.retired()).isTrue();
        held.total.increment(); // By a loop that had looked it up before.
        stats.evictUnused();
        worker.request(request(), service(0));
        assertThat(counted("host0")).isEqualTo(3);
    }

    @Test
    void keepsConnectionsThatAreOpen() {
        StreamInfo info = new StreamInfo();
        IstioMetrics.Connection connection = worker.tcpOpened(info, service(0));
        stats.evictUnused();
        stats.evictUnused();
        connection.closed(info);
        assertThat(PrometheusText.of(stats, false))
                .containsPattern("istio_tcp_connections_opened_total\\{[^}]*} 1\n")
                .containsPattern("istio_tcp_connections_closed_total\\{[^}]*} 1\n");
        stats.evictUnused();
        stats.evictUnused();
        assertThat(PrometheusText.of(stats, false)).doesNotContain("istio_tcp_");
    }

    @Test
    void makesRoomForWhatIsNewOnceSomethingDidNotFitIn() {
        for (int index = 0; index < BUDGET; index++) {
            worker.request(request(), service(index));
        }
        stats.makeRoom();
        stats.makeRoom();
        assertThat(stats.istio().size()).as("nothing new came").isEqualTo(BUDGET);

        worker.request(request(), service(BUDGET));
        worker.request(request(), service(1));
        stats.makeRoom();

        assertThat(counted("other")).isEqualTo(1);
        assertThat(counted("host0")).isZero();
        assertThat(counted("host1")).as("used meanwhile").isEqualTo(2);
        worker.request(request(), service(BUDGET));
        assertThat(counted("host" + BUDGET)).isEqualTo(1);
    }

    @Test
    void makesRoomBesideEvictionWithoutHastening() {
        worker.request(request(), service(0));
        stats.evictUnused();
        stats.makeRoom();
        worker.request(request(), service(0));
        stats.makeRoom();
        stats.evictUnused();
        assertThat(counted("host0")).as("used between two sweeps of eviction").isEqualTo(2);
    }

    @Test
    void warnsAtMostOnceAMinuteWithTheNumber() {
        AtomicLong clock = new AtomicLong(7);
        SeriesBudget budget = new SeriesBudget(1, stats.counter("folded"), stats.counter("evicted"), clock::get);
        SeriesKey key = new SeriesKey(0);
        key.host = "host";
        List<String> said = said(() -> {
            budget.folded(key);
            clock.addAndGet(59_000_000_000L);
            budget.folded(key);
            budget.folded(key);
            clock.addAndGet(1_000_000_000L);
            budget.folded(key);
        });
        assertThat(said).hasSize(2);
        assertThat(said.getLast()).contains("LATEEN_METRICS_LABEL_SETS, 3]");
    }

    @Test
    void readsTheEnvironment() {
        assertThat(SeriesBudget.of(Map.of("LATEEN_METRICS_LABEL_SETS", "250"))).isEqualTo(new Decoded.Ok<>(250));
        assertThat(SeriesBudget.of(Map.of())).isEqualTo(new Decoded.Ok<>(SeriesBudget.DEFAULT_LABEL_SETS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "10000000"})
    void refusesOtherNumbers(String text) {
        assertThat(SeriesBudget.of(Map.of("LATEEN_METRICS_LABEL_SETS", text)))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("LATEEN_METRICS_LABEL_SETS", text));
    }

    @Test
    void showsTracesWhereOpenMetricsIsAskedForOnly() {
        StreamInfo info = request();
        info.startNanos = 1;
        info.endNanos = 7_500_001;
        info.startEpochMillis = 1_700_000_000_042L;
        info.traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        info.traceSampled = true;
        worker.request(info, service(0));
        info.traceSampled = false;
        info.endNanos = 1;
        worker.request(info, service(0));
        assertThat(PrometheusText.of(stats, true).lines().filter(line -> line.contains("trace_id")))
                .singleElement()
                .asString()
                .contains(",le=\"10\"} 2 # {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"} 7.5 1700000000.042");
        assertThat(PrometheusText.of(stats, false)).doesNotContain("trace_id");
    }
}
