package dev.lateen.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.overload.OverloadConfig.Action;
import dev.lateen.proxy.overload.OverloadConfig.Kind;
import dev.lateen.proxy.overload.OverloadConfig.Monitor;
import dev.lateen.proxy.overload.OverloadConfig.Shortened;
import dev.lateen.proxy.overload.OverloadConfig.Timer;
import dev.lateen.proxy.overload.OverloadConfig.Trigger;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverloadTest {
    private static final int ROUNDS = 1000;

    @TempDir
    Path directory;

    private final Stats stats = new Stats();
    private final List<String> relieved = new ArrayList<>();
    private final Overload.Relief relief = new Overload.Relief() {
        @Override
        public void acceptConnections(boolean accept) {
            relieved.add("accept " + accept);
        }

        @Override
        public void resetLargest(double share) {
            relieved.add("reset " + share);
        }
    };
    private Path pressure;

    @BeforeEach
    void noPressure() throws IOException {
        pressure = directory.resolve("pressure");
        Files.writeString(pressure, "0");
    }

    private Overload overload(Kind kind, double from, double full) {
        return new Overload(
                new OverloadConfig(
                        Duration.ofSeconds(1),
                        List.of(new Monitor.Injected("injected", pressure)),
                        List.of(new Action(kind, List.of(new Trigger("injected", from, full))))),
                ByteBufAllocator.DEFAULT,
                () -> 0,
                stats);
    }

    private void read(Overload overload, String value) throws IOException {
        Files.writeString(pressure, value);
        overload.refresh(relief);
    }

    private static long refused(Overload overload) {
        long refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            refused += overload.refusesRequest(round * 65_536L / ROUNDS) ? 1 : 0;
        }
        return refused;
    }

    @Test
    void refusesNothingBelowItsThreshold() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.9, 0.9);
        read(overload, "0.89");
        assertThat(refused(overload)).isZero();
    }

    @Test
    void refusesEverythingFromItsThresholdOn() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.9, 0.9);
        read(overload, "0.9");
        assertThat(refused(overload)).isEqualTo(ROUNDS);
    }

    @Test
    void refusesInProportionBetweenTwoThresholds() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.8, 1);
        read(overload, "0.85");
        assertThat(refused(overload)).isBetween(ROUNDS / 4 - 2L, ROUNDS / 4 + 2L);
    }

    @Test
    void servesAgainWhenPressureIsGone() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.9, 0.9);
        read(overload, "1");
        read(overload, "0.1");
        assertThat(refused(overload)).isZero();
    }

    @Test
    void showsPressureAndActionsUnderEnvoysNames() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.8, 1);
        read(overload, "0.9");
        assertThat(stats.gauge("overload.injected.pressure").value()).isEqualTo(90);
        String action = "overload.envoy.overload_actions.stop_accepting_requests.";
        assertThat(stats.gauge(action + "scale_percent").value()).isEqualTo(50);
        assertThat(stats.gauge(action + "active").value()).isZero();
    }

    @Test
    void keepsTheLastValueWhereAResourceCannotBeRead() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_REQUESTS, 0.9, 0.9);
        read(overload, "1");
        read(overload, "much");
        assertThat(refused(overload)).isEqualTo(ROUNDS);
        assertThat(stats.counter("overload.injected.failed_updates").value()).isEqualTo(1);
    }

    @Test
    void shortensTimeoutsInProportion() throws IOException {
        Overload overload = new Overload(
                new OverloadConfig(
                        Duration.ofSeconds(1),
                        List.of(new Monitor.Injected("injected", pressure)),
                        List.of(new Action(
                                Kind.REDUCE_TIMEOUTS,
                                List.of(new Trigger("injected", 0.5, 1)),
                                List.of(
                                        new Shortened(Timer.CONNECTION_IDLE, 200, 0),
                                        new Shortened(Timer.STREAM_IDLE, -1, 0.5))))),
                ByteBufAllocator.DEFAULT,
                () -> 0,
                stats);
        assertThat(overload.shortened(Timer.CONNECTION_IDLE, 1000)).isEqualTo(1000);
        read(overload, "0.75");
        assertThat(overload.shortened(Timer.CONNECTION_IDLE, 1000)).isEqualTo(600);
        assertThat(overload.shortened(Timer.CONNECTION_IDLE, 100)).isEqualTo(100);
        assertThat(overload.shortened(Timer.STREAM_IDLE, 1000)).isEqualTo(750);
        assertThat(overload.shortened(Timer.CONNECTION_MAX, 1000)).isEqualTo(1000);
        read(overload, "0");
        assertThat(overload.shortened(Timer.STREAM_IDLE, 1000)).isEqualTo(1000);
    }

    @Test
    void stopsListeningOnceAndBeginsAgainOnce() throws IOException {
        Overload overload = overload(Kind.STOP_ACCEPTING_CONNECTIONS, 0.9, 0.9);
        read(overload, "1");
        read(overload, "1");
        read(overload, "0");
        read(overload, "0");
        assertThat(relieved).containsExactly("accept false", "accept true");
    }

    @Test
    void endsTheLargestAsLongAsPressureLasts() throws IOException {
        Overload overload = overload(Kind.RESET_HIGH_MEMORY_STREAM, 0.5, 1);
        read(overload, "0.75");
        read(overload, "1");
        read(overload, "0");
        assertThat(relieved).containsExactly("reset 0.5", "reset 1.0");
    }
}
