package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.cluster.Leadership;
import dev.lateen.kubernetes.tree.Trees;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What one replica of a revision does for the cluster on behalf of all: puts the roots of trust into each namespace
/// that the mesh has (`istio-ca-root-cert`) and into the configurations of the revision's webhooks and tags, so
/// that API servers believe them; of Ingresses it says at which addresses they are reached.
///
/// Thread: its own.
public final class ClusterDuties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDuties.class);
    private static final String LEASE = "istio-leader";
    private static final String ROOTS = "istio-ca-root-cert";
    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final String REGISTRATION = "admissionregistration.k8s.io/v1";
    private static final Duration BETWEEN = Duration.ofMillis(40);
    /// Ingresses in one look.
    private static final int MOST_SHOWN = 20;
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// After which what others may have undone is done again.
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final ClusterFacts facts;
    private final Supplier<String> roots;
    private final Leadership leadership;
    private final StatusLead status;
    private final Thread thread = Thread.ofVirtual().name("cluster-duties").unstarted(this::run);
    private final Map<String, String> told = new HashMap<>();
    /// By namespace and name.
    private final Map<String, ArrayNode> addresses = new HashMap<>();
    private long repeatAt = System.nanoTime();

    /// @param roots of trust in PEM, as they are now
    /// @param identity of this replica, such as its pod's name
    public ClusterDuties(
            Cluster cluster, ClusterSettings settings, ClusterFacts facts, Supplier<String> roots, String identity) {
        this.cluster = cluster;
        this.facts = facts;
        this.roots = roots;
        this.leadership = cluster.lead(settings.namespace(), settings.named(LEASE), identity);
        this.status = new StatusLead(cluster, settings.namespace(), identity);
    }

    public void start() {
        thread.start();
    }

    /// Whether this replica does what one does for all.
    public boolean leads() {
        return leadership.leads();
    }

    /// Whether this replica writes the status of resources: of all revisions, one does.
    public boolean writesStatus() {
        return leadership.leads() && status.leads();
    }

    @Override
    public void close() {
        thread.interrupt();
        status.close();
        leadership.close();
    }

    private void run() {
        try {
            while (true) {
                if (leadership.leads()) {
                    status.stand(facts.isDefault());
                    look();
                    if (status.leads()) {
                        showAddresses();
                    }
                } else {
                    status.close();
                    forget();
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        if (System.nanoTime() - repeatAt > 0) {
            forget();
        }
        String pem = roots.get();
        Set<String> namespaces = facts.servedNamespaces();
        told.keySet().retainAll(namespaces);
        for (String namespace : namespaces) {
            if (!pem.equals(told.get(namespace))) {
                tell(namespace, pem);
            }
        }
        patch(pem);
    }

    /// What fails is tried again when everything is. What is left waits for the next look, since roots do not wait.
    private void showAddresses() throws InterruptedException {
        int left = MOST_SHOWN;
        for (IngressFacts.Unshown one : facts.ingresses().unshown()) {
            if (left == 0 || !writesStatus()) {
                return;
            }
            if (!one.addresses().equals(addresses.put(one.namespace() + "/" + one.name(), one.addresses()))) {
                left--;
                show(one);
                Thread.sleep(BETWEEN);
            }
        }
    }

    private void show(IngressFacts.Unshown one) {
        try {
            cluster.patchStatus(
                    IngressFacts.API_VERSION,
                    IngressFacts.KIND,
                    one.namespace(),
                    one.name(),
                    Trees.object("loadBalancer", Trees.object("ingress", one.addresses())));
        } catch (ClusterException e) {
            LOG.atWarn()
                    .addKeyValue("ingress", one.namespace() + "/" + one.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("an Ingress cannot be told its addresses, trying again");
        }
    }

    private void forget() {
        told.clear();
        addresses.clear();
        repeatAt = System.nanoTime() + REPEAT.toNanos();
    }

    private void tell(String namespace, String pem) {
        try {
            ObjectNode labels = Trees.object("istio.io/config", "true");
            if (isOurs(cluster.get("v1", "ConfigMap", namespace, ROOTS))) {
                labels.put(MANAGED_BY, "lateen");
            }
            cluster.apply(Trees.object(
                    "apiVersion",
                    "v1",
                    "kind",
                    "ConfigMap",
                    "metadata",
                    Trees.object("name", ROOTS, "namespace", namespace, "labels", labels),
                    "data",
                    Trees.object("root-cert.pem", pem)));
            told.put(namespace, pem);
        } catch (ClusterException e) {
            LOG.atWarn()
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("reason", e.getMessage())
                    .log("the roots of trust cannot be written, trying again");
        }
    }

    /// What another mesh has put there has to stay when ours goes.
    private static boolean isOurs(Optional<ObjectNode> found) {
        return found.map(
                        one -> Trees.text(one, "metadata", "labels", MANAGED_BY).equals("lateen"))
                .orElse(true);
    }

    private void patch(String pem) {
        String bundle = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        for (ClusterFacts.OwnWebhooks own : facts.webhooks()) {
            List<Object> steps = patch(own.configuration(), bundle);
            if (!steps.isEmpty()) {
                patch(own, steps);
            }
        }
    }

    private void patch(ClusterFacts.OwnWebhooks own, List<Object> steps) {
        try {
            cluster.patch(
                    REGISTRATION,
                    own.kind(),
                    "",
                    own.name(),
                    Trees.array(steps.toArray()).toString());
            facts.listener().patched(own.kind(), own.name(), "");
            LOG.atInfo()
                    .addKeyValue("kind", own.kind())
                    .addKeyValue("name", own.name())
                    .log("a webhook was given our roots");
        } catch (ClusterException e) {
            facts.listener().patched(own.kind(), own.name(), reason(e));
            LOG.atWarn()
                    .addKeyValue("name", own.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("a webhook cannot be given our roots, trying again");
        }
    }

    /// A few words: what an API server says goes into the log.
    private static String reason(ClusterException e) {
        if (e.isConflict()) {
            return "conflict";
        }
        return e.isForbidden() ? "forbidden" : e.isMissing() ? "missing" : e.isUnanswered() ? "unanswered" : "other";
    }

    private List<Object> patch(ObjectNode configuration, String bundle) {
        List<Object> steps = new ArrayList<>();
        int index = 0;
        for (ObjectNode one : Trees.objects(configuration, "webhooks")) {
            String path = "/webhooks/" + index++;
            if (facts.asksHere(one)
                    && !Trees.text(one, "clientConfig", "caBundle").equals(bundle)) {
                // What stands at the place now must be what was read, or the whole patch fails and is made anew.
                steps.add(Trees.object("op", "test", "path", path + "/name", "value", Trees.text(one, "name")));
                steps.add(Trees.object("op", "add", "path", path + "/clientConfig/caBundle", "value", bundle));
            }
        }
        return steps;
    }
}
