package dev.lateen.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DrainConfigTest {
    private static DrainConfig read(Map<String, String> environment) {
        return DrainConfig.ofIstio(environment).orRefuse();
    }

    @Test
    void endsAfterTheTerminationDrainDuration() {
        DrainConfig drain = read(Map.of("PROXY_CONFIG", "{terminationDrainDuration: 20s}"));
        assertThat(drain.isOver(Duration.ofSeconds(19).toNanos(), () -> 0)).isFalse();
        assertThat(drain.isOver(Duration.ofSeconds(20).toNanos(), () -> 9)).isTrue();
    }

    @Test
    void letsTheVariableWinOverTheConfiguration() {
        DrainConfig drain = read(
                Map.of("PROXY_CONFIG", "{terminationDrainDuration: 20s}", "TERMINATION_DRAIN_DURATION_SECONDS", "2"));
        assertThat(drain.atMost()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void waitsForConnectionsWhereItIsToldTo() {
        DrainConfig drain = read(Map.of("EXIT_ON_ZERO_ACTIVE_CONNECTIONS", "true", "MINIMUM_DRAIN_DURATION", "1m30s"));
        assertThat(drain.isOver(Duration.ofSeconds(89).toNanos(), () -> 0)).isFalse();
        assertThat(drain.isOver(Duration.ofSeconds(90).toNanos(), () -> 1)).isFalse();
        assertThat(drain.isOver(Duration.ofSeconds(90).toNanos(), () -> 0)).isTrue();
    }

    @Test
    void readsVariablesFromProxyMetadataToo() {
        DrainConfig drain =
                read(Map.of("PROXY_CONFIG", "{proxyMetadata: {EXIT_ON_ZERO_ACTIVE_CONNECTIONS: \"true\"}}"));
        assertThat(drain.exitOnZeroConnections()).isTrue();
    }

    @Test
    void refusesDurationsThatAreNone() {
        assertThat(DrainConfig.ofIstio(Map.of("PROXY_CONFIG", "{terminationDrainDuration: soon}")))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("terminationDrainDuration", "'soon'"));
    }
}
