package dev.lateen.proxy.admin;

import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.telemetry.Exposition;
import dev.lateen.proxy.telemetry.Rendering;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// The metrics of a proxy and of the application that it serves on one page, as Istio's agent shows them: in the
/// format of the application where the scraper understands it. What the application does wrong costs its own numbers
/// alone, and is counted as `istio_agent_scrape_failures_total`.
///
/// Limits: the application has five seconds, or nine tenths of what the scraper says that it waits; never more than
/// thirty.
///
/// Thread: any; blocks.
public final class MergedPage {
    private static final System.Logger LOG = System.getLogger(MergedPage.class.getName());
    private static final byte[] NOTHING = {};
    private static final Duration USUAL = Duration.ofSeconds(5);
    private static final double MOST_SECONDS = 30;
    private static final double PART_OF_SCRAPERS_TIME = 0.9;

    /// The numbers of the proxy.
    @FunctionalInterface
    public interface Own {
        /// @return whether all of them could be had
        /// @throws IOException where the scraper is gone
        boolean write(Rendering rendering, OutputStream out) throws IOException;
    }

    /// A page that has been put together but for the proxy's own numbers.
    public record Page(Exposition format, AdminReply.Writer body) {}

    private final Optional<AppMetrics> application;
    private final Own own;
    private final AtomicLong scrapes = new AtomicLong();
    private final AtomicLong ownFailures = new AtomicLong();
    private final AtomicLong applicationFailures = new AtomicLong();

    public MergedPage(Optional<AppMetrics> application, Own own) {
        this.application = application;
        this.own = own;
    }

    /// Asks the application.
    ///
    /// @param wanted by the scraper
    /// @param scrapersTimeout its `x-prometheus-scrape-timeout-seconds`; empty where it says nothing
    public Page ask(Rendering wanted, String scrapersTimeout) {
        scrapes.incrementAndGet();
        if (application.isEmpty()) {
            return page(wanted, NOTHING);
        }
        return switch (AppScrape.of(application.get().uri(), wanted.format(), timeout(scrapersTimeout))) {
            case AppScrape.Taken(Exposition format, byte[] samples) -> page(wanted.in(format), samples);
            case AppScrape.Failed(String reason) -> {
                applicationFailures.incrementAndGet();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "no metrics of the application at {0}: {1}",
                        application.get().uri(),
                        reason);
                yield page(wanted, NOTHING);
            }
        };
    }

    static Duration timeout(String scrapers) {
        try {
            double seconds = scrapers.isEmpty() ? 0 : Double.parseDouble(scrapers);
            return seconds > 0
                    ? Duration.ofMillis((long) (Math.min(seconds, MOST_SECONDS) * 1000 * PART_OF_SCRAPERS_TIME))
                    : USUAL;
        } catch (NumberFormatException _) {
            return USUAL;
        }
    }

    private Page page(Rendering rendering, byte[] samples) {
        Exposition format = rendering.format();
        return new Page(format, out -> {
            agent(rendering, out);
            if (!own.write(rendering, out)) {
                ownFailures.incrementAndGet();
            }
            out.write(samples);
            out.write(format.end());
        });
    }

    /// Source: Istio's agent, `istio_agent_scrapes_total`, `istio_agent_scrape_failures_total`.
    private void agent(Rendering rendering, OutputStream out) throws IOException {
        AgentNumbers.write(
                rendering, out, new AgentNumbers.Counts(scrapes.get(), applicationFailures.get(), ownFailures.get()));
    }
}
