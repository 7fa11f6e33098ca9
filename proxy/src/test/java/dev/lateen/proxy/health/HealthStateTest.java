package dev.lateen.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HealthStateTest {
    static final CheckPace PACE = new CheckPace(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(70),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3),
            50);
    private static final HealthCheckConfig CONFIG =
            new HealthCheckConfig(new CheckKind.Tcp("", List.of()), Duration.ofSeconds(1), PACE, 3, 2, true, List.of());

    private final HealthState state = new HealthState(CONFIG, CheckedHealth.UNKNOWN);

    @Test
    void trustsAHostAfterItsFirstGoodCheck() {
        assertThat(state.take(CheckResult.PASSED)).isTrue();
        assertThat(state.health()).isEqualTo(CheckedHealth.WELL);
    }

    @Test
    void wantsAsManyGoodChecksAsTheThresholdOfAHostThatFailedItsFirst() {
        assertThat(state.take(CheckResult.NETWORK)).isFalse();
        assertThat(state.take(CheckResult.PASSED)).isFalse();
        assertThat(state.take(CheckResult.PASSED)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = CheckResult.class,
            names = {"NETWORK", "TIMED_OUT", "RETRIABLE"})
    void wantsAsManyFailuresAsTheThreshold(CheckResult failure) {
        state.take(CheckResult.PASSED);
        assertThat(state.take(failure)).isFalse();
        assertThat(state.take(failure)).isFalse();
        assertThat(state.take(CheckResult.PASSED)).isFalse();
        assertThat(state.take(failure)).isFalse();
        assertThat(state.take(failure)).isFalse();
        assertThat(state.take(failure)).isTrue();
        assertThat(state.health().failed()).isTrue();
        assertThat(state.health().timedOut()).isEqualTo(failure == CheckResult.TIMED_OUT);
    }

    @ParameterizedTest
    @EnumSource(
            value = CheckResult.class,
            names = {"FAILED", "PASSIVE"})
    void takesAHostAtItsWord(CheckResult failure) {
        state.take(CheckResult.PASSED);
        assertThat(state.take(failure)).isTrue();
    }

    @Test
    void keepsADegradedHost() {
        assertThat(state.take(CheckResult.DEGRADED)).isTrue();
        assertThat(state.health()).isEqualTo(new CheckedHealth(false, true, false));
        assertThat(state.take(CheckResult.PASSED)).isFalse();
        assertThat(state.health()).isEqualTo(CheckedHealth.WELL);
    }

    @Test
    void doesNotLeaveAtOnceWhatAnotherClusterKnewToBeWell() {
        HealthState inherited = new HealthState(CONFIG, CheckedHealth.WELL);
        assertThat(inherited.take(CheckResult.NETWORK)).isFalse();
        assertThat(inherited.health().failed()).isFalse();
    }
}
