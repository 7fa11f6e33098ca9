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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// What one replica does for the cluster on behalf of all: puts the roots of trust into each namespace
/// (`istio-ca-root-cert`) and into the webhooks' configurations, so that API servers believe them.
///
/// Thread: its own.
public final class ClusterDuties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDuties.class);
    private static final String LEASE = "istio-leader";
    private static final String ROOTS = "istio-ca-root-cert";
    private static final String REGISTRATION = "admissionregistration.k8s.io/v1";
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// After which what others may have undone is done again.
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final ClusterFacts facts;
    private final Supplier<String> roots;
    private final Leadership leadership;
    private final List<Webhook> webhooks;
    private final Thread thread = Thread.ofVirtual().name("cluster-duties").unstarted(this::run);
    private final Map<String, String> told = new HashMap<>();
    private String patched = "";
    private long repeatAt = System.nanoTime();

    private record Webhook(String kind, String name) {}

    /// @param roots of trust in PEM, as they are now
    /// @param identity of this replica, such as its pod's name
    public ClusterDuties(
            Cluster cluster, ClusterSettings settings, ClusterFacts facts, Supplier<String> roots, String identity) {
        this.cluster = cluster;
        this.facts = facts;
        this.roots = roots;
        this.webhooks = List.of(
                new Webhook("MutatingWebhookConfiguration", "istio-sidecar-injector"),
                new Webhook("ValidatingWebhookConfiguration", "istio-validator-" + settings.namespace()));
        this.leadership = cluster.lead(settings.namespace(), LEASE, identity);
    }

    public void start() {
        thread.start();
    }

    /// Whether this replica does them.
    public boolean leads() {
        return leadership.leads();
    }

    @Override
    public void close() {
        leadership.close();
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                if (leadership.leads()) {
                    look();
                } else {
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
        told.keySet().retainAll(facts.namespaces());
        for (String namespace : facts.namespaces()) {
            if (!pem.equals(told.get(namespace))) {
                tell(namespace, pem);
            }
        }
        if (!pem.equals(patched)) {
            patch(pem);
        }
    }

    private void forget() {
        told.clear();
        patched = "";
        repeatAt = System.nanoTime() + REPEAT.toNanos();
    }

    private void tell(String namespace, String pem) {
        try {
            cluster.apply(Trees.object(
                    "apiVersion",
                    "v1",
                    "kind",
                    "ConfigMap",
                    "metadata",
                    Trees.object(
                            "name", ROOTS, "namespace", namespace, "labels", Trees.object("istio.io/config", "true")),
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

    private void patch(String pem) {
        String bundle = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        try {
            for (Webhook webhook : webhooks) {
                patch(webhook, bundle);
            }
            patched = pem;
        } catch (ClusterException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("webhooks cannot be given our roots, trying again");
        }
    }

    private void patch(Webhook webhook, String bundle) throws ClusterException {
        Optional<ObjectNode> found = cluster.get(REGISTRATION, webhook.kind(), "", webhook.name());
        List<Object> steps = new ArrayList<>();
        int index = 0;
        for (ObjectNode one :
                found.map(config -> Trees.objects(config, "webhooks")).orElse(List.of())) {
            String path = "/webhooks/" + index++;
            if (!Trees.text(one, "clientConfig", "caBundle").equals(bundle)) {
                // What stands at the place now must be what was read, or the whole patch fails and is made anew.
                steps.add(Trees.object("op", "test", "path", path + "/name", "value", Trees.text(one, "name")));
                steps.add(Trees.object("op", "add", "path", path + "/clientConfig/caBundle", "value", bundle));
            }
        }
        if (!steps.isEmpty()) {
            cluster.patch(
                    REGISTRATION,
                    webhook.kind(),
                    "",
                    webhook.name(),
                    Trees.array(steps.toArray()).toString());
            LOG.atInfo().addKeyValue("kind", webhook.kind()).log("a webhook was given our roots");
        }
    }
}
