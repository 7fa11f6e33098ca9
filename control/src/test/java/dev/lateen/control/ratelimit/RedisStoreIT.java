package dev.lateen.control.ratelimit;

import static dev.lateen.control.ratelimit.Rules.bucket;
import static dev.lateen.control.ratelimit.Rules.daily;
import static dev.lateen.control.ratelimit.Rules.sliding;
import static dev.lateen.control.ratelimit.Rules.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.translate.policy.LimitRule;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Counting in a real Redis (Debian's package `redis-server`).
class RedisStoreIT {
    private static final int FIRST_PORT = 21_000;
    private static final int PORTS = 10_000;

    @TempDir
    Path directory;

    private Process redis;
    private int port;
    private RedisStore store;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(installed(), "SKIPPED: no `redis-server` on the PATH");
        port = FIRST_PORT + (int) (ProcessHandle.current().pid() % PORTS);
        launch();
        store = RedisStore.open("redis://127.0.0.1:" + port, InstantSource.system());
    }

    private static boolean installed() {
        for (String path : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(path, "redis-server"))) {
                return true;
            }
        }
        return false;
    }

    /// Takes the next port where one is in use.
    private void launch() {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (redis == null || !redis.isAlive()) {
                        port++;
                        redis = new ProcessBuilder(
                                        "redis-server",
                                        "--port",
                                        Integer.toString(port),
                                        "--bind",
                                        "127.0.0.1",
                                        "--save",
                                        "",
                                        "--dir",
                                        directory.toString())
                                .redirectErrorStream(true)
                                .redirectOutput(new File(directory.toFile(), "redis.log"))
                                .start();
                    }
                    return answers();
                });
    }

    private boolean answers() {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return redis.isAlive() && socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (store != null) {
            store.close();
        }
        if (redis != null) {
            redis.destroyForcibly().waitFor();
        }
    }

    private long admitted(LimitRule rule, int requests, String... values) {
        long admitted = 0;
        for (int request = 0; request < requests; request++) {
            admitted += store.take(List.of(take(rule, 1, values)), 0).admitted() ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void holdsEveryKindOfLimit() {
        assertThat(admitted(bucket(1, Duration.ofHours(1), 10), 30)).isEqualTo(10);
        assertThat(admitted(sliding(10, Duration.ofHours(1)), 30)).isEqualTo(10);
        assertThat(admitted(daily(10), 30)).isEqualTo(10);
    }

    @Test
    void aBucketFillsByTheClockOfRedis() {
        LimitRule rule = bucket(100, Duration.ofSeconds(1), 10);
        assertThat(admitted(rule, 12)).isBetween(10L, 12L);
        LimitState state = store.take(List.of(take(rule, 10)), 0).states().getFirst();
        assertThat(state.resetNanos()).isBetween(1L, 100_000_000L);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> store.take(List.of(take(rule, 10)), 0).admitted());
    }

    @Test
    void aWindowSlides() {
        LimitRule rule = sliding(10, Duration.ofMillis(300));
        assertThat(admitted(rule, 10)).isEqualTo(10);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> store.take(List.of(take(rule, 10)), 0).admitted());
    }

    @Test
    void countsAllOrNone() {
        LimitRule wide = bucket(1, Duration.ofHours(1), 100);
        LimitRule narrow = daily(2);
        for (int request = 0; request < 10; request++) {
            store.take(List.of(take(wide, 1), take(narrow, 1)), 0);
        }
        assertThat(store.usage(wide.id(), 1).getFirst().used()).isEqualTo(2);
        assertThat(store.usage(narrow.id(), 1).getFirst().used()).isEqualTo(2);
    }

    @Test
    void grantsAheadWhatEveryCounterHasRoomFor() {
        LimitRule wide = bucket(1, Duration.ofHours(1), 100);
        LimitRule narrow = daily(10);
        LimitStore.Taken taken = store.take(List.of(take(wide, 1), take(narrow, 1)), 50);
        assertThat(taken.ahead()).isEqualTo(9);
        assertThat(admitted(narrow, 5)).isZero();
    }

    @Test
    void countsForManyAtOnceWithoutLosingAny() throws Exception {
        LimitRule rule = daily(500);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> parts = new ArrayList<>();
            for (int part = 0; part < 20; part++) {
                parts.add(threads.submit(() -> admitted(rule, 50, "user=a")));
            }
            long all = 0;
            for (Future<Long> part : parts) {
                all += part.get();
            }
            assertThat(all).isEqualTo(500);
        }
    }

    @Test
    void reportsAndLetsCountersBeginAnew() {
        LimitRule rule = daily(5);
        admitted(rule, 3, "user=a");
        admitted(rule, 2, "user=b");
        List<LimitStore.Usage> usage = store.usage(rule.id(), 10);
        assertThat(usage)
                .extracting(one -> one.key().values() + " " + one.used())
                .containsExactly("[user=a] 3", "[user=b] 2");
        assertThat(store.reset(rule.id(), Optional.of(List.of("user=a")))).isEqualTo(1);
        assertThat(admitted(rule, 10, "user=a")).isEqualTo(5);
        assertThat(admitted(rule, 10, "user=b")).isEqualTo(3);
    }

    @Test
    void countsAgainWhenRedisHasForgottenItsScripts() throws Exception {
        LimitRule rule = daily(5);
        admitted(rule, 2);
        Process flush = new ProcessBuilder("redis-cli", "-p", Integer.toString(port), "script", "flush").start();
        assertThat(flush.waitFor()).isZero();
        assertThat(admitted(rule, 10)).isEqualTo(3);
    }

    @Test
    void saysSoWhenRedisIsGone() throws Exception {
        admitted(daily(5), 1);
        redis.destroyForcibly().waitFor();
        assertThatThrownBy(() -> admitted(daily(5), 1)).isInstanceOf(LimitStore.StoreUnavailable.class);
    }
}
