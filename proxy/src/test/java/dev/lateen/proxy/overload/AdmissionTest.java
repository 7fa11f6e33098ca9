package dev.lateen.proxy.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.telemetry.Stats;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final SocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 1000);
    private static final SocketAddress SAME_CLIENT = new InetSocketAddress("192.0.2.1", 1001);
    private static final SocketAddress OTHER = new InetSocketAddress("192.0.2.2", 1000);

    private static Admission admission(ConnectionLimits limits) {
        return new Admission(limits, Overload.none(), new Stats());
    }

    @Test
    void refusesMoreThanAllListenersMayHave() {
        Admission admission = admission(new ConnectionLimits(1, Map.of(), Long.MAX_VALUE));
        assertThat(admission.admit("a", 0, CLIENT)).isEqualTo(Admission.Verdict.ADMITTED);
        assertThat(admission.admit("b", 0, OTHER)).isEqualTo(Admission.Verdict.TOO_MANY);
        admission.closed(CLIENT);
        assertThat(admission.admit("b", 0, OTHER)).isEqualTo(Admission.Verdict.ADMITTED);
    }

    @Test
    void refusesMoreThanOneListenerMayHave() {
        Admission admission = admission(new ConnectionLimits(9, Map.of("a", 1L), Long.MAX_VALUE));
        assertThat(admission.admit("a", 1, CLIENT)).isEqualTo(Admission.Verdict.TOO_MANY_OF_LISTENER);
        assertThat(admission.admit("b", 1, CLIENT)).isEqualTo(Admission.Verdict.ADMITTED);
    }

    @Test
    void refusesMoreThanOneClientMayHave() {
        Admission admission = admission(new ConnectionLimits(9, Map.of(), 1));
        assertThat(admission.admit("a", 0, CLIENT)).isEqualTo(Admission.Verdict.ADMITTED);
        assertThat(admission.admit("a", 1, SAME_CLIENT)).isEqualTo(Admission.Verdict.TOO_MANY_OF_CLIENT);
        assertThat(admission.admit("a", 1, OTHER)).isEqualTo(Admission.Verdict.ADMITTED);
        admission.closed(CLIENT);
        assertThat(admission.admit("a", 1, SAME_CLIENT)).isEqualTo(Admission.Verdict.ADMITTED);
    }

    @Test
    void hasALimitByDefault() {
        assertThat(ConnectionLimits.standard().all()).isLessThan(Long.MAX_VALUE);
    }

    @Test
    void takesTheLimitOfAMonitorOfConnections() {
        OverloadConfig overload = new OverloadConfig(
                java.time.Duration.ofSeconds(1),
                java.util.List.of(new OverloadConfig.Monitor.Connections("connections", 3)),
                java.util.List.of());
        assertThat(ConnectionLimits.standard().within(overload).all()).isEqualTo(3);
    }
}
