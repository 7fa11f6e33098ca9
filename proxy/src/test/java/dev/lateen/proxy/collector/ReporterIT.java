package dev.lateen.proxy.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.ClusterEnvironment;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.TestClusters;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Reports to a collector behind a real socket.
final class ReporterIT {
    private final EventLoops loops = EventLoops.create("test", 1);
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(loops.at(0), stats));
    private final ReportCounters counters = new ReportCounters(
            stats.counter("sent"), stats.counter("dropped"), stats.counter("batches"), stats.counter("failed"));

    @AfterEach
    void stop() {
        loops.close();
    }

    private record Text() implements ReportEncoder<String> {
        @Override
        public RequestHead head() {
            return new RequestHead(HttpVersion.HTTP_1_1, "POST", "http", "collector", "/", new Headers());
        }

        @Override
        public byte[] body(List<String> reports) {
            return String.join(",", reports).getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public boolean isTaken(int status, Headers headers, byte[] body) {
            return status == 200;
        }
    }

    private Reporter<String> reporter(ServerSocket collector) {
        clusters.put(TestClusters.cluster(collector.getLocalSocketAddress()));
        return new Reporter<>("test", Duration.ofMinutes(5), new Text(), counters, clusters, loops.at(0));
    }

    @Test
    void losesAndCountsWhatDoesNotFitWhileACollectorIsSlow() throws IOException, InterruptedException {
        try (ServerSocket collector = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Reporter<String> reporter = reporter(collector);
            loops.at(0)
                    .submit(() -> {
                        for (int number = 0; number < 100; number++) {
                            reporter.report("first");
                        }
                    })
                    .sync();
            try (Socket connection = collector.accept()) {
                loops.at(0)
                        .submit(() -> {
                            for (int number = 0; number < 2_000; number++) {
                                reporter.report("later");
                            }
                        })
                        .sync();

                assertThat(counters.dropped().value()).isEqualTo(2_000 - 1_024);

                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                await().until(() -> counters.sent().value() == 100);
            }
        }
    }
}
