package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostMonitor.Volume;
import dev.lateen.proxy.telemetry.Counter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Takes hosts that misbehave out of rotation for a while.
///
/// Source: Envoy documentation, "Outlier detection".
///
/// Differs: a connection that was made is no success before an answer comes, where failures of this side count apart.
///
/// Thread: `record` any; everything else on the chores loop.
final class OutlierDetector {
    private static final int FULL = 100;

    private final Cluster cluster;
    private final OutlierDetection config;
    private final LongSupplier nanoClock;
    private @Nullable Future<?> sweep;
    private int ejectedNow;

    /// The kinds of detection, as statistics name them.
    enum Cause {
        CONSECUTIVE_5XX("consecutive_5xx"),
        CONSECUTIVE_GATEWAY_FAILURE("consecutive_gateway_failure"),
        CONSECUTIVE_LOCAL_ORIGIN_FAILURE("consecutive_local_origin_failure"),
        SUCCESS_RATE("success_rate"),
        LOCAL_ORIGIN_SUCCESS_RATE("local_origin_success_rate"),
        FAILURE_PERCENTAGE("failure_percentage"),
        LOCAL_ORIGIN_FAILURE_PERCENTAGE("local_origin_failure_percentage");

        private final String label;

        Cause(String label) {
            this.label = label;
        }
    }

    OutlierDetector(Cluster cluster, LongSupplier nanoClock) {
        this.cluster = cluster;
        this.config = cluster.config().outlier();
        this.nanoClock = nanoClock;
    }

    void start() {
        if (config.enabled()) {
            cluster.stats().computedGauge("outlier_detection.ejections_active", () -> ejectedNow);
            long interval = config.interval().toNanos();
            sweep = cluster.environment()
                    .chores()
                    .scheduleWithFixedDelay(this::sweep, interval, interval, TimeUnit.NANOSECONDS);
        }
    }

    void stop() {
        if (sweep != null) {
            sweep.cancel(false);
        }
    }

    void record(Host host, HostResult result) {
        if (!config.enabled()) {
            return;
        }
        HostMonitor monitor = host.monitor();
        switch (result) {
            case SUCCESS -> onAnswer(host, monitor, false, false);
            case SERVER_ERROR -> onAnswer(host, monitor, true, false);
            case GATEWAY_ERROR -> onAnswer(host, monitor, true, true);
            case LOCAL_SUCCESS -> onLocal(host, monitor, true);
            case LOCAL_FAILURE, LOCAL_TIMEOUT -> onLocal(host, monitor, false);
        }
    }

    private void onAnswer(Host host, HostMonitor monitor, boolean error, boolean gateway) {
        monitor.external.count(!error);
        if (config.splitLocalErrors()) {
            // An answer means that reaching the host worked.
            monitor.consecutiveLocalFailures.set(0);
            monitor.local.count(true);
        }
        if (gateway) {
            if (monitor.consecutiveGatewayErrors.incrementAndGet()
                    == config.consecutive().gatewayErrors()) {
                detect(host, Cause.CONSECUTIVE_GATEWAY_FAILURE);
            }
        } else {
            clear(monitor.consecutiveGatewayErrors);
        }
        if (error) {
            if (monitor.consecutiveServerErrors.incrementAndGet()
                    == config.consecutive().serverErrors()) {
                detect(host, Cause.CONSECUTIVE_5XX);
            }
        } else {
            clear(monitor.consecutiveServerErrors);
        }
    }

    private static void clear(java.util.concurrent.atomic.AtomicInteger counter) {
        // A read is cheaper than a write to a line that other loops share.
        if (counter.get() != 0) {
            counter.set(0);
        }
    }

    private void onLocal(Host host, HostMonitor monitor, boolean success) {
        if (!config.splitLocalErrors()) {
            // Taken for the host's own answer: 200, 503 or 504.
            onAnswer(host, monitor, !success, !success);
            return;
        }
        monitor.local.count(success);
        if (success) {
            clear(monitor.consecutiveLocalFailures);
        } else if (monitor.consecutiveLocalFailures.incrementAndGet()
                == config.consecutive().localFailures()) {
            detect(host, Cause.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
        }
    }

    /// Counters have reached a threshold: the chores loop decides.
    private void detect(Host host, Cause cause) {
        cluster.environment().chores().execute(() -> {
            resetCounter(host, cause);
            consider(host, cause);
        });
    }

    private static void resetCounter(Host host, Cause cause) {
        switch (cause) {
            case CONSECUTIVE_5XX -> host.monitor().consecutiveServerErrors.set(0);
            case CONSECUTIVE_GATEWAY_FAILURE ->
                host.monitor().consecutiveGatewayErrors.set(0);
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE ->
                host.monitor().consecutiveLocalFailures.set(0);
            case SUCCESS_RATE, LOCAL_ORIGIN_SUCCESS_RATE, FAILURE_PERCENTAGE, LOCAL_ORIGIN_FAILURE_PERCENTAGE -> {}
        }
    }

    private void consider(Host host, Cause cause) {
        if (host.ejected() || host.removed()) {
            return;
        }
        count("ejections_detected_" + cause.label);
        if (!enforced(cause)) {
            return;
        }
        if (!mayEject()) {
            count("ejections_overflow");
            return;
        }
        eject(host, cause);
    }

    private boolean enforced(Cause cause) {
        int percent = switch (cause) {
            case CONSECUTIVE_5XX -> config.consecutive().enforcingServerErrors();
            case CONSECUTIVE_GATEWAY_FAILURE -> config.consecutive().enforcingGatewayErrors();
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE -> config.consecutive().enforcingLocalFailures();
            case SUCCESS_RATE -> config.successRate().enforcing();
            case LOCAL_ORIGIN_SUCCESS_RATE -> config.successRate().enforcingLocalOrigin();
            case FAILURE_PERCENTAGE -> config.failurePercentage().enforcing();
            case LOCAL_ORIGIN_FAILURE_PERCENTAGE -> config.failurePercentage().enforcingLocalOrigin();
        };
        return percent >= FULL || ThreadLocalRandom.current().nextInt(FULL) < percent;
    }

    /// Whether one more ejection stays within `max_ejection_percent` of the hosts.
    private boolean mayEject() {
        int hosts = Math.max(1, cluster.hosts().size());
        if (ejectedNow == 0 && config.ejection().alwaysEjectOne()) {
            return true;
        }
        return 100.0 * (ejectedNow + 1) / hosts <= config.ejection().maxPercent();
    }

    private void eject(Host host, Cause cause) {
        HostMonitor monitor = host.monitor();
        long base = config.ejection().baseTime().toNanos();
        long time = Math.min(
                base * (monitor.ejections() + 1), config.ejection().maxTime().toNanos());
        Duration jitter = config.ejection().maxJitter();
        if (!jitter.isZero()) {
            time += ThreadLocalRandom.current().nextLong(jitter.toNanos() + 1);
        }
        monitor.eject(nanoClock.getAsLong() + time);
        ejectedNow++;
        count("ejections_enforced_total");
        count("ejections_enforced_" + cause.label);
        cluster.registry().refresh();
    }

    /// A check found the host well, whatever requests met.
    void onGoodCheck(Host host) {
        if (config.enabled() && config.forgivesCheckedHosts() && host.ejected()) {
            host.monitor().restore();
            ejectedNow = Math.max(0, ejectedNow - 1);
            cluster.registry().refresh();
        }
    }

    /// Once an interval: hosts come back whose time is over, and the rates of the interval are judged.
    void sweep() {
        long now = nanoClock.getAsLong();
        boolean changed = false;
        int ejected = 0;
        for (Host host : cluster.hosts()) {
            HostMonitor monitor = host.monitor();
            if (!monitor.ejected()) {
                monitor.forgive();
            } else if (now - monitor.ejectedUntil() >= 0) {
                monitor.restore();
                changed = true;
            } else {
                ejected++;
            }
        }
        ejectedNow = ejected;
        if (changed) {
            cluster.registry().refresh();
        }
        judge(false);
        if (config.splitLocalErrors()) {
            judge(true);
        }
    }

    private void judge(boolean local) {
        record Rated(Host host, Volume volume) {}
        Collection<Host> hosts = cluster.hosts();
        List<Rated> rated = new ArrayList<>(hosts.size());
        for (Host host : hosts) {
            Volume volume = (local ? host.monitor().local : host.monitor().external).take();
            if (!host.ejected()) {
                rated.add(new Rated(host, volume));
            }
        }
        List<Rated> enough = rated.stream()
                .filter(one ->
                        one.volume.total() >= Math.max(1, config.successRate().requestVolume()))
                .toList();
        if (!enough.isEmpty() && enough.size() >= config.successRate().minimumHosts()) {
            double[] rates =
                    enough.stream().mapToDouble(one -> one.volume.successRate()).toArray();
            double threshold = threshold(rates, config.successRate().stdevFactor() / 1000.0);
            for (Rated one : enough) {
                if (one.volume.successRate() < threshold) {
                    consider(one.host, local ? Cause.LOCAL_ORIGIN_SUCCESS_RATE : Cause.SUCCESS_RATE);
                }
            }
        }
        List<Rated> many = rated.stream()
                .filter(one -> one.volume.total()
                        >= Math.max(1, config.failurePercentage().requestVolume()))
                .toList();
        if (!many.isEmpty() && many.size() >= config.failurePercentage().minimumHosts()) {
            for (Rated one : many) {
                if (FULL - one.volume.successRate()
                        >= config.failurePercentage().threshold()) {
                    consider(one.host, local ? Cause.LOCAL_ORIGIN_FAILURE_PERCENTAGE : Cause.FAILURE_PERCENTAGE);
                }
            }
        }
    }

    /// The mean less so many standard deviations.
    static double threshold(double[] rates, double factor) {
        double mean = 0;
        for (double rate : rates) {
            mean += rate / rates.length;
        }
        double variance = 0;
        for (double rate : rates) {
            variance += (rate - mean) * (rate - mean) / rates.length;
        }
        return mean - factor * Math.sqrt(variance);
    }

    private void count(String name) {
        Counter counter = cluster.stats().counter("outlier_detection." + name);
        counter.increment();
    }
}
