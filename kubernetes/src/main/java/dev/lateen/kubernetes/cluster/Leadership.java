package dev.lateen.kubernetes.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process's part in the election of a leader among the replicas of a control plane, by a Lease.
///
/// Who leads may be wrong for as long as the clocks of two machines differ: what a leader does must do no harm when it
/// is done twice.
///
/// Thread: any.
public final class Leadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private volatile boolean leads;
    private boolean closed;
    private @Nullable CompletableFuture<?> election;

    private Leadership(KubernetesClient client, String namespace, String lease, String identity) {
        this.client = client;
        this.config = new LeaderElectionConfigBuilder()
                .withName(lease)
                .withLock(new LeaseLock(namespace, lease, identity))
                .withLeaseDuration(LEASE)
                .withRenewDeadline(RENEWAL)
                .withRetryPeriod(RETRY)
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(() -> leads(true), () -> leads(false), _ -> {}))
                .build();
    }

    static Leadership start(KubernetesClient client, String namespace, String lease, String identity) {
        Leadership leadership = new Leadership(client, namespace, lease, identity);
        leadership.stand();
        return leadership;
    }

    /// Whether this process leads now.
    public boolean leads() {
        return leads;
    }

    /// Gives the lead back, so that another need not wait for the lease to end.
    @Override
    public synchronized void close() {
        closed = true;
        CompletableFuture<?> running = election;
        if (running != null) {
            running.cancel(true);
        }
    }

    /// An election ends when the lead is lost: the next one follows.
    private synchronized void stand() {
        if (!closed) {
            CompletableFuture<?> running =
                    client.leaderElector().withConfig(config).build().start();
            election = running;
            var _ = running.whenComplete(
                    (_, _) -> CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(this::stand));
        }
    }

    private void leads(boolean now) {
        leads = now;
        LOG.atInfo().log(now ? "this replica leads" : "this replica no longer leads");
    }
}
