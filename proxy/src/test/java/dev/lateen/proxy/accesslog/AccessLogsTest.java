package dev.lateen.proxy.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessLogsTest {
    private static final int THREADS = 4;
    private static final int LINES = 5_000;

    @TempDir
    private Path directory;

    @Test
    void keepsLinesWholeAndInOrderWhileManyThreadsWriteThem() throws IOException, InterruptedException {
        // Given
        Path path = directory.resolve("log");
        AccessLogs logs = new AccessLogs(new Stats());
        LogFormat format = LogFormat.text("%ROUTE_NAME% %BYTES_SENT% " + "x".repeat(200) + " end\n", false);
        AccessLogger logger = logs.open(
                new AccessLogConfig.File(path.toString(), format, new LogFilter.And(List.of())), Surroundings.NONE);
        // When
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < THREADS; number++) {
            String name = "thread-" + number;
            threads.add(Thread.ofPlatform().start(() -> log(logger, name)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        logs.close();
        // Then
        assertThat(logs.dropped()).isZero();
        Map<String, Integer> next = new HashMap<>();
        for (String line : Files.readAllLines(path)) {
            String[] words = line.split(" ");
            assertThat(words).hasSize(4).endsWith("end");
            assertThat(Integer.parseInt(words[1])).isEqualTo(next.getOrDefault(words[0], 0));
            next.merge(words[0], 1, Integer::sum);
        }
        assertThat(next.values()).hasSize(THREADS).containsOnly(LINES);
    }

    private static void log(AccessLogger logger, String name) {
        StreamInfo info = new StreamInfo();
        info.routeName = name;
        for (int line = 0; line < LINES; line++) {
            info.bytesSent = line;
            logger.log(info);
        }
    }
}
