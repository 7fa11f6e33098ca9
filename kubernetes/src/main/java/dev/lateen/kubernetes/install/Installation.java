package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// One installation in one cluster: put there, checked, taken away. Each step may be repeated.
///
/// Thread: any; blocks.
public final class Installation {
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final String DEFINITION = "CustomResourceDefinition";
    private static final String NAMESPACE = "Namespace";
    private static final String REVISION = "istio.io/rev";
    private static final Map<String, String> OURS = Map.of("app.kubernetes.io/managed-by", "lateen");
    /// Kinds that an installation makes, and takes away where a smaller one has them no more: gateways first, access
    /// last.
    private static final List<String> PRUNED = List.of(
            "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration",
            "autoscaling/v2 HorizontalPodAutoscaler",
            "policy/v1 PodDisruptionBudget",
            "v1 Service",
            "apps/v1 Deployment",
            "networking.k8s.io/v1 NetworkPolicy",
            "v1 ConfigMap",
            "rbac.authorization.k8s.io/v1 RoleBinding",
            "rbac.authorization.k8s.io/v1 Role",
            "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
            "rbac.authorization.k8s.io/v1 ClusterRole",
            "v1 ServiceAccount");

    private final Cluster cluster;
    private final MeshManifests manifests;
    private final Readiness readiness;

    public Installation(Cluster cluster, MeshManifests manifests) {
        this.cluster = cluster;
        this.manifests = manifests;
        this.readiness = new Readiness(cluster);
    }

    /// Another mesh that has the names of this one, in words; empty where there is none.
    public Optional<String> foreign() throws ClusterException {
        for (ObjectNode one : cluster.list("apps/v1", "Deployment", Map.of("app", "istiod"))) {
            Optional<ObjectNode> container = Trees.objects(one, "spec", "template", "spec", "containers").stream()
                    .findFirst();
            boolean ours = container
                    .map(found -> Trees.texts(found, "args").contains("control-plane"))
                    .orElse(false);
            if (!ours) {
                return Optional.of(InstalledObject.title(one) + " runs "
                        + container.map(found -> Trees.text(found, "image")).orElse("no image"));
            }
        }
        return Optional.empty();
    }

    /// Applies all objects, the control plane before the gateways; what is there already is brought in line, and what
    /// an earlier installation made and this one has not is deleted.
    ///
    /// @param progress told what is being done
    /// @return what is still missing when the time is over; nothing is deleted then
    public List<String> apply(Duration patience, Consumer<String> progress)
            throws ClusterException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        apply(manifests.core(), progress);
        List<String> problems = await(manifests.core(), end);
        if (problems.isEmpty() && !manifests.gateways().isEmpty()) {
            progress.accept("the control plane is ready");
            apply(manifests.gateways(), progress);
            problems = await(manifests.objects(), end);
        }
        if (problems.isEmpty()) {
            cluster.apply(manifests.state());
            for (InstalledObject one : stale()) {
                progress.accept("removing " + one + ", which is no longer asked for");
                cluster.delete(one.apiVersion(), one.kind(), one.namespace(), one.name());
            }
        }
        return problems;
    }

    /// What the cluster's installation was asked for: its `IstioOperator`, empty where there is none.
    public static Optional<ObjectNode> state(Cluster cluster, String namespace) throws ClusterException {
        return cluster.get("v1", "ConfigMap", namespace, MeshManifests.STATE)
                .flatMap(kept -> Trees.parseObject(Trees.text(kept, "data", MeshManifests.STATE_FIELD)));
    }

    private void apply(List<ObjectNode> objects, Consumer<String> progress) throws ClusterException {
        for (ObjectNode object : objects) {
            progress.accept("applying " + InstalledObject.title(object));
            cluster.apply(object);
        }
    }

    /// What this installer made for the revision that is not part of the manifests.
    List<InstalledObject> stale() throws ClusterException {
        Set<InstalledObject> wanted =
                manifests.objects().stream().map(InstalledObject::of).collect(Collectors.toSet());
        wanted.add(InstalledObject.of(manifests.state()));
        List<InstalledObject> stale = new ArrayList<>();
        for (InstalledObject one : installed()) {
            if (!wanted.contains(one)) {
                stale.add(one);
            }
        }
        return stale;
    }

    private List<InstalledObject> installed() throws ClusterException {
        List<InstalledObject> installed = new ArrayList<>();
        for (String kind : PRUNED) {
            String[] words = kind.split(" ");
            for (ObjectNode object : cluster.list(words[0], words[1], OURS)) {
                if (Trees.text(object, "metadata", "labels", REVISION).equals(manifests.revision())) {
                    installed.add(new InstalledObject(
                            words[0],
                            words[1],
                            Trees.text(object, "metadata", "namespace"),
                            Trees.text(object, "metadata", "name")));
                }
            }
        }
        return installed;
    }

    /// @return what is missing or not ready, in words; empty when all is well
    public List<String> problems() throws ClusterException {
        return problems(manifests.objects(), _ -> {});
    }

    /// @param checked told of each object that is well
    public List<String> problems(Consumer<String> checked) throws ClusterException {
        return problems(manifests.objects(), checked);
    }

    private List<String> problems(List<ObjectNode> objects, Consumer<String> checked) throws ClusterException {
        List<String> problems = new ArrayList<>();
        for (ObjectNode object : objects) {
            Optional<ObjectNode> found = find(object);
            Optional<String> problem = found.isEmpty()
                    ? Optional.of(InstalledObject.title(object) + ": missing")
                    : readiness.problem(found.get());
            problem.ifPresentOrElse(problems::add, () -> checked.accept(InstalledObject.title(object)));
        }
        return problems;
    }

    /// What keeps users from its use although all is as it should be.
    public List<String> notes() throws ClusterException {
        List<String> notes = new ArrayList<>();
        for (ObjectNode object : manifests.gateways()) {
            if (Trees.text(object, "kind").equals("Service")) {
                find(object).flatMap(Readiness::note).ifPresent(notes::add);
            }
        }
        return notes;
    }

    private List<String> await(List<ObjectNode> objects, long end) throws ClusterException, InterruptedException {
        List<ObjectNode> slow = objects.stream()
                .filter(object -> Trees.text(object, "kind").equals("Deployment")
                        || Trees.text(object, "kind").endsWith("WebhookConfiguration"))
                .toList();
        List<String> problems = problems(slow, _ -> {});
        while (!problems.isEmpty() && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
            problems = problems(slow, _ -> {});
        }
        return problems;
    }

    /// Deletes in the opposite order, webhooks before the control plane, so that nothing waits for one that has gone.
    ///
    /// @param purge the kinds too, and with them all resources of the mesh, and the control plane's namespace
    public void remove(boolean purge, Consumer<String> progress) throws ClusterException {
        List<InstalledObject> doomed = new ArrayList<>(installed());
        List<ObjectNode> objects = new ArrayList<>(manifests.objects());
        objects.add(manifests.state());
        for (ObjectNode object : objects.reversed()) {
            InstalledObject one = InstalledObject.of(object);
            if (!doomed.contains(one) && (isInstallationsOwn(one) || (purge && goesWithPurge(one)))) {
                doomed.add(one);
            }
        }
        if (purge) {
            for (ObjectNode roots : cluster.list("v1", "ConfigMap", Map.of("istio.io/config", "true"))) {
                if (Trees.text(roots, "metadata", "name").equals("istio-ca-root-cert")) {
                    doomed.add(new InstalledObject(
                            "v1", "ConfigMap", Trees.text(roots, "metadata", "namespace"), "istio-ca-root-cert"));
                }
            }
        }
        for (InstalledObject one : doomed) {
            progress.accept("removing " + one);
            cluster.delete(one.apiVersion(), one.kind(), one.namespace(), one.name());
        }
    }

    private static boolean isInstallationsOwn(InstalledObject one) {
        return !one.kind().equals(DEFINITION) && !one.kind().equals(NAMESPACE);
    }

    /// Namespaces of others hold more than a gateway.
    private boolean goesWithPurge(InstalledObject one) {
        boolean ours = one.name().equals(manifests.namespace());
        boolean shared = one.name().startsWith("kube-") || one.name().equals("default");
        return one.kind().equals(DEFINITION) || (ours && !shared);
    }

    private Optional<ObjectNode> find(ObjectNode object) throws ClusterException {
        InstalledObject one = InstalledObject.of(object);
        return cluster.get(one.apiVersion(), one.kind(), one.namespace(), one.name());
    }
}
