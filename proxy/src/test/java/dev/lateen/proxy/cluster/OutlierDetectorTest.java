package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.cluster.OutlierDetection.Consecutive;
import dev.lateen.proxy.cluster.OutlierDetection.Ejection;
import dev.lateen.proxy.cluster.OutlierDetection.FailurePercentage;
import dev.lateen.proxy.cluster.OutlierDetection.SuccessRate;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.DefaultEventLoop;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With a clock that tests turn, and sweeps that they call.
final class OutlierDetectorTest {
    private static final Consecutive THREE = new Consecutive(3, 100, 5, 0, 3, 100);
    private static final SuccessRate NO_RATE = new SuccessRate(5, 100, 1900, 0, 0);
    private static final FailurePercentage NO_PERCENTAGE = new FailurePercentage(85, 0, 0, 5, 50);

    private final DefaultEventLoop chores = new DefaultEventLoop();
    private final Stats stats = new Stats();
    private long now = 1;

    @AfterEach
    void stop() {
        chores.shutdownGracefully();
    }

    private static OutlierDetection config(
            int maxPercent, boolean one, boolean split, SuccessRate rate, FailurePercentage failures) {
        return new OutlierDetection(
                true,
                Duration.ofHours(1),
                new Ejection(Duration.ofSeconds(30), Duration.ofSeconds(75), Duration.ZERO, maxPercent, one),
                THREE,
                rate,
                failures,
                split,
                true);
    }

    private static OutlierDetection config(int maxPercent) {
        return config(maxPercent, false, false, NO_RATE, NO_PERCENTAGE);
    }

    /// A cluster's hosts with a detector of our own, on the manual clock.
    private final class Setup {
        private final Cluster cluster;
        private final List<Host> hosts;
        private final OutlierDetector detector;

        Setup(OutlierDetection config, int count) {
            SocketAddress[] addresses = IntStream.rangeClosed(1, count)
                    .mapToObj(TestClusters::address)
                    .toArray(SocketAddress[]::new);
            cluster = new Cluster(
                    TestClusters.cluster(
                            TestClusters.ROUND_ROBIN, CircuitBreakers.DEFAULT, config, HttpOptions.HTTP1, addresses),
                    new ClusterEnvironment(chores, stats));
            cluster.assign(TestClusters.endpoints(addresses));
            hosts = cluster.hosts().stream()
                    .sorted(Comparator.comparing(host -> host.address().toString()))
                    .toList();
            detector = new OutlierDetector(cluster, () -> now);
        }

        Host host(int index) {
            return hosts.get(index);
        }

        void record(int index, HostResult result, int times) {
            for (int time = 0; time < times; time++) {
                detector.record(host(index), result);
            }
            settle();
        }

        void sweep() {
            chores.submit(detector::sweep).syncUninterruptibly();
        }
    }

    /// Whatever was handed to the chores loop has run.
    private void settle() {
        chores.submit(() -> {}).syncUninterruptibly();
    }

    private void pass(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void ejectsAtTheThresholdAndNotBefore() {
        Setup setup = new Setup(config(100), 2);
        setup.record(0, HostResult.SERVER_ERROR, 2);
        assertThat(setup.host(0).ejected()).isFalse();
        setup.record(0, HostResult.SERVER_ERROR, 1);
        assertThat(setup.host(0).ejected()).isTrue();
    }

    @Test
    void startsCountingAnewAfterASuccess() {
        Setup setup = new Setup(config(100), 2);
        setup.record(0, HostResult.SERVER_ERROR, 2);
        setup.record(0, HostResult.SUCCESS, 1);
        setup.record(0, HostResult.SERVER_ERROR, 2);
        assertThat(setup.host(0).ejected()).isFalse();
    }

    @Test
    void countsFailuresToConnectAsErrorsUnlessSplit() {
        Setup setup = new Setup(config(100), 2);
        setup.record(0, HostResult.LOCAL_FAILURE, 3);
        assertThat(setup.host(0).ejected()).isTrue();
        assertThat(stats.counter("cluster.test.outlier_detection.ejections_enforced_consecutive_5xx")
                        .value())
                .isEqualTo(1);
    }

    @Test
    void judgesFailuresToConnectApartWhereSplit() {
        Setup setup = new Setup(config(100, false, true, NO_RATE, NO_PERCENTAGE), 2);
        setup.record(0, HostResult.LOCAL_FAILURE, 3);
        assertThat(stats.counter("cluster.test.outlier_detection.ejections_enforced_consecutive_local_origin_failure")
                        .value())
                .isEqualTo(1);
    }

    @Test
    void letsAHostReturnWhenItsTimeIsOver() {
        Setup setup = new Setup(config(100), 2);
        setup.record(0, HostResult.SERVER_ERROR, 3);
        pass(29);
        setup.sweep();
        assertThat(setup.host(0).ejected()).isTrue();
        pass(1);
        setup.sweep();
        assertThat(setup.host(0).ejected()).isFalse();
    }

    @Test
    void ejectsForLongerEachTimeUpToTheMaximum() {
        Setup setup = new Setup(config(100), 2);
        for (int seconds : new int[] {30, 60, 75}) {
            setup.record(0, HostResult.SERVER_ERROR, 3);
            pass(seconds - 1);
            setup.sweep();
            assertThat(setup.host(0).ejected()).isTrue();
            pass(1);
            setup.sweep();
            assertThat(setup.host(0).ejected()).isFalse();
        }
    }

    @Test
    void forgivesAHostThatBehavesForAnInterval() {
        Setup setup = new Setup(config(100), 2);
        setup.record(0, HostResult.SERVER_ERROR, 3);
        pass(30);
        setup.sweep();
        setup.sweep();
        setup.record(0, HostResult.SERVER_ERROR, 3);
        pass(30);
        setup.sweep();
        assertThat(setup.host(0).ejected()).isFalse();
    }

    @Test
    void keepsWithinTheMaximumPercentage() {
        Setup setup = new Setup(config(50), 4);
        for (int host = 0; host < 4; host++) {
            setup.record(host, HostResult.SERVER_ERROR, 3);
        }
        assertThat(setup.hosts.stream().filter(Host::ejected)).hasSize(2);
        assertThat(stats.counter("cluster.test.outlier_detection.ejections_overflow")
                        .value())
                .isEqualTo(2);
    }

    @Test
    void ejectsOneHostWhateverThePercentageWhereAsked() {
        Setup never = new Setup(config(10), 2);
        never.record(0, HostResult.SERVER_ERROR, 3);
        assertThat(never.host(0).ejected()).isFalse();

        Setup one = new Setup(config(10, true, false, NO_RATE, NO_PERCENTAGE), 2);
        one.record(0, HostResult.SERVER_ERROR, 3);
        one.record(1, HostResult.SERVER_ERROR, 3);
        assertThat(one.hosts.stream().filter(Host::ejected)).hasSize(1);
    }

    @Test
    void ejectsTheHostThatFailsMoreThanTheRest() {
        Setup setup = new Setup(config(100, false, false, new SuccessRate(5, 100, 1900, 100, 0), NO_PERCENTAGE), 6);
        for (int host = 0; host < 6; host++) {
            for (int request = 0; request < 100; request++) {
                setup.record(host, host == 5 && request % 2 == 0 ? HostResult.SERVER_ERROR : HostResult.SUCCESS, 1);
            }
        }
        setup.sweep();
        assertThat(setup.hosts.stream().filter(Host::ejected)).containsExactly(setup.host(5));
    }

    @Test
    void ejectsAboveTheFailurePercentage() {
        Setup setup = new Setup(config(100, false, false, NO_RATE, new FailurePercentage(40, 100, 0, 1, 10)), 2);
        for (int request = 0; request < 10; request++) {
            setup.record(0, request % 2 == 0 ? HostResult.SERVER_ERROR : HostResult.SUCCESS, 1);
            setup.record(1, request == 0 ? HostResult.SERVER_ERROR : HostResult.SUCCESS, 1);
        }
        setup.sweep();
        assertThat(setup.hosts.stream().filter(Host::ejected)).containsExactly(setup.host(0));
    }
}
