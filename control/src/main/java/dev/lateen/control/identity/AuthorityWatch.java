package dev.lateen.control.identity;

import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RotationStatus;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the authority going: files that were replaced on disk come into force, and a rotation of the root goes on as
/// workloads fetch what they need for it.
///
/// Thread: its own.
public final class AuthorityWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final CertificateAuthority authority;
    private final ServerIdentity own;
    private final AuthorityGauges gauges;
    private final Runnable followers;
    private final Thread thread;
    private String lastProblem = "";

    /// @param own follows what the authority does
    /// @param followers told every few seconds that others may be trusted than before
    public AuthorityWatch(
            CertificateAuthority authority, ServerIdentity own, AuthorityGauges gauges, Runnable followers) {
        this.followers = followers;
        this.authority = authority;
        this.own = own;
        this.gauges = gauges;
        this.thread = Thread.ofPlatform().name("authority").daemon(true).unstarted(this::run);
    }

    public void start() {
        gauges.authority(authority.status(), own.expiry());
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                look();
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void look() {
        try {
            if (authority.refresh()) {
                own.follow();
                RotationStatus status = authority.status();
                LOG.atInfo()
                        .addKeyValue("phase", status.phase())
                        .addKeyValue("roots", status.roots().size())
                        .addKeyValue("waiting", status.waiting().size())
                        .log("the authority signs or trusts differently from now on");
            }
            lastProblem = "";
        } catch (IOException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(lastProblem)) {
                LOG.atError().addKeyValue("reason", problem).log("the authority stays as it was");
                lastProblem = problem;
            }
        }
        gauges.authority(authority.status(), own.expiry());
        followers.run();
    }
}
