package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.Leadership;
import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Which of a cluster's revisions writes the status of resources: one of their leaders, and the default revision's
/// rather than another's, since it is the one that checks what users write.
///
/// Thread: one at a time, but for `leads`.
final class StatusLead implements AutoCloseable {
    static final String LEASE = "istio-status-leader";
    private static final Logger LOG = LoggerFactory.getLogger(StatusLead.class);
    /// In looks: so long a lease that nobody renews any more may hold others off.
    private static final int PATIENCE = 5;

    private final Cluster cluster;
    private final String namespace;
    private final String identity;
    private volatile @Nullable Leadership leadership;
    private int waited;

    StatusLead(Cluster cluster, String namespace, String identity) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.identity = identity;
    }

    boolean leads() {
        Leadership current = leadership;
        return current != null && current.leads();
    }

    /// This process leads its revision.
    ///
    /// @param preferred whether that is the default one
    void stand(boolean preferred) {
        Leadership current = leadership;
        if (current == null) {
            leadership = cluster.lead(namespace, LEASE, identity);
            waited = 0;
        } else if (current.leads() || !preferred) {
            waited = 0;
        } else if (++waited >= PATIENCE) {
            waited = 0;
            takeOver();
        }
    }

    /// Another process leads the revision.
    @Override
    public void close() {
        Leadership current = leadership;
        leadership = null;
        if (current != null) {
            current.close();
        }
    }

    /// The holder sees at its next renewal that the lease is no longer its own.
    private void takeOver() {
        try {
            Optional<ObjectNode> lease = cluster.get("coordination.k8s.io/v1", "Lease", namespace, LEASE);
            String holder = lease.map(found -> Trees.text(found, "spec", "holderIdentity"))
                    .orElse("");
            if (!holder.isEmpty() && !holder.equals(identity)) {
                cluster.patch(
                        "coordination.k8s.io/v1",
                        "Lease",
                        namespace,
                        LEASE,
                        Trees.array(
                                        Trees.object("op", "test", "path", "/spec/holderIdentity", "value", holder),
                                        Trees.object(
                                                "op", "replace", "path", "/spec/holderIdentity", "value", identity))
                                .toString());
                LOG.atInfo().addKeyValue("from", holder).log("the default revision writes the status of resources now");
            }
        } catch (ClusterException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the lease of status cannot be taken, trying again");
        }
    }
}
