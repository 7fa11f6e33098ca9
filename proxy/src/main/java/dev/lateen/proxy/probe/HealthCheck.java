package dev.lateen.proxy.probe;

import dev.lateen.xds.client.ApplicationHealth;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Asks the application for as long as the proxy lives, and tells when the opinion of it changes.
///
/// Thread: its own; `drain` and `close` any.
public final class HealthCheck implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HealthCheck.class.getName());

    private final HealthCheckConfig config;
    private final Supplier<Optional<String>> proxyFault;
    private final ProbeAsker asker;
    private final Consumer<ApplicationHealth> report;
    private final Thread thread = Thread.ofVirtual().name("health-check").unstarted(this::run);
    private boolean draining;

    private HealthCheck(
            HealthCheckConfig config,
            Supplier<Optional<String>> proxyFault,
            ProbeAsker asker,
            Consumer<ApplicationHealth> report) {
        this.config = config;
        this.proxyFault = proxyFault;
        this.asker = asker;
        this.report = report;
    }

    /// @param proxyFault why the proxy cannot serve; empty where it can
    /// @param report takes each change
    public static HealthCheck start(
            HealthCheckConfig config,
            Supplier<Optional<String>> proxyFault,
            ProbeAsker asker,
            Consumer<ApplicationHealth> report) {
        HealthCheck check = new HealthCheck(config, proxyFault, asker, report);
        check.thread.start();
        return check;
    }

    /// The proxy is about to end: others are to stop coming.
    public synchronized void drain() {
        if (!draining) {
            draining = true;
            report.accept(ApplicationHealth.unwell("the proxy is draining"));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            Thread.sleep(config.initialDelay());
            Thresholds state = Thresholds.of(config);
            while (true) {
                Optional<String> fault =
                        proxyFault.get().or(() -> asker.ask(config.probe()).fault());
                Thresholds next = state.after(fault);
                if (next.opinion() != state.opinion()) {
                    tell(fault);
                }
                state = next;
                Thread.sleep(config.period());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tell(Optional<String> fault) {
        if (draining) {
            return;
        }
        fault.ifPresentOrElse(
                reason -> LOG.log(System.Logger.Level.WARNING, "the application is not well: {0}", reason),
                () -> LOG.log(System.Logger.Level.INFO, "the application is well"));
        report.accept(new ApplicationHealth(fault));
    }
}
