package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
    private static final String WEBHOOKS = "WebhookConfiguration";
    /// Of trust; a control plane that has not ended yet would make them anew.
    private static final String ROOTS = "istio-ca-root-cert";
    private static final String BUILD = "lateen.dev/build";
    private static final String REVISION = "istio.io/rev";
    /// Components that every revision has in common.
    private static final Set<String> SHARED = Set.of("Base", "Cni");
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
            "apps/v1 DaemonSet",
            "v1 ResourceQuota",
            "networking.k8s.io/v1 NetworkPolicy",
            "v1 ConfigMap",
            "rbac.authorization.k8s.io/v1 RoleBinding",
            "rbac.authorization.k8s.io/v1 Role",
            "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
            "rbac.authorization.k8s.io/v1 ClusterRole",
            "v1 ServiceAccount");

    private final Cluster cluster;
    private final MeshManifests manifests;
    private final String build;
    private final Readiness readiness;
    private final Hopeless hopeless;
    private final RevisionTags tags;

    public Installation(Cluster cluster, MeshManifests manifests) {
        this(cluster, manifests, "");
    }

    /// @param build of the images, so that those under a name that they had before are taken as well; empty
    ///     where it is not known
    public Installation(Cluster cluster, MeshManifests manifests, String build) {
        this.cluster = cluster;
        this.build = build;
        this.manifests = manifests;
        this.readiness = new Readiness(cluster);
        this.hopeless = new Hopeless(cluster);
        this.tags = new RevisionTags(cluster);
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
    /// @return what is still missing when the time is over, or what will not come however long one waits;
    ///     nothing is deleted then
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
            tags.settleDefault(manifests.revision(), progress);
            for (InstalledObject one : stale()) {
                progress.accept("removing " + one + ", which is no longer asked for");
                cluster.delete(one.apiVersion(), one.kind(), one.namespace(), one.name());
            }
        }
        return problems;
    }

    /// What the cluster's installation was asked for: its `IstioOperator`, empty where there is none.
    ///
    /// @param revision `default` for the one without a name
    public static Optional<ObjectNode> state(Cluster cluster, String namespace, String revision)
            throws ClusterException {
        return cluster.get("v1", "ConfigMap", namespace, MeshManifests.stateName(revision))
                .flatMap(kept -> Trees.parseObject(Trees.text(kept, "data", MeshManifests.STATE_FIELD)));
    }

    private void apply(List<ObjectNode> objects, Consumer<String> progress) throws ClusterException {
        for (ObjectNode object : objects) {
            progress.accept("applying " + InstalledObject.title(object));
            if (Trees.text(object, "kind").endsWith(WEBHOOKS)) {
                DroppedWebhooks.remove(cluster, object);
            }
            cluster.apply(marked(object));
        }
    }

    /// Pods of a template that is what it was are not made anew.
    private ObjectNode marked(ObjectNode object) {
        if (build.isEmpty() || !Trees.has(object, "spec", "template", "spec", "containers")) {
            return object;
        }
        ObjectNode marked = object.deepCopy();
        Trees.into(marked, "spec", "template", "metadata", "annotations").put(BUILD, build);
        return marked;
    }

    /// What this installer made for the revision that is not part of the manifests.
    List<InstalledObject> stale() throws ClusterException {
        Set<InstalledObject> wanted =
                manifests.objects().stream().map(InstalledObject::of).collect(Collectors.toSet());
        wanted.add(InstalledObject.of(manifests.state()));
        List<InstalledObject> stale = new ArrayList<>();
        for (InstalledObject one : installed(List.of(manifests.revision()))) {
            if (!wanted.contains(one)) {
                stale.add(one);
            }
        }
        return stale;
    }

    /// @param revisions whose objects are meant; none for all
    private List<InstalledObject> installed(List<String> revisions) throws ClusterException {
        List<InstalledObject> installed = new ArrayList<>();
        for (String kind : PRUNED) {
            String[] words = kind.split(" ");
            for (ObjectNode object : cluster.list(words[0], words[1], OURS)) {
                if (revisions.isEmpty() || revisions.contains(revision(object))) {
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
                        || Trees.text(object, "kind").equals("DaemonSet")
                        || Trees.text(object, "kind").endsWith(WEBHOOKS))
                .toList();
        List<String> problems = problems(slow, _ -> {});
        while (!problems.isEmpty() && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
            List<String> lost = lost(slow);
            if (!lost.isEmpty()) {
                return lost;
            }
            problems = problems(slow, _ -> {});
        }
        return problems;
    }

    /// What does not come up however long one waits.
    private List<String> lost(List<ObjectNode> objects) throws ClusterException {
        List<String> lost = new ArrayList<>();
        for (ObjectNode object : objects) {
            Optional<ObjectNode> found =
                    Trees.text(object, "kind").endsWith(WEBHOOKS) ? Optional.empty() : find(object);
            if (found.isPresent()) {
                lost.addAll(hopeless.reasons(found.get()));
            }
        }
        return lost;
    }

    /// Takes the mesh away, webhooks before the control plane, so that nothing waits for one that has gone, and
    /// waits until all of it has gone. What goes with a purge goes when nothing is left that would make it anew.
    /// What belongs to another revision of the cluster stays, and with it what all of them share.
    ///
    /// @param purge all revisions, the kinds too, and with them all resources of the mesh, and the control plane's
    ///     namespace
    /// @return what is still there when the time is over, and why
    public List<String> remove(boolean purge, Duration patience, Consumer<String> progress)
            throws ClusterException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Removal removal = new Removal(cluster, progress);
        ownObjects(purge).forEach(removal::add);
        Map<String, String> pods = new HashMap<>(OURS);
        if (!purge) {
            pods.put(REVISION, manifests.revision());
        }
        List<String> left = removal.run(pods, end);
        if (!left.isEmpty() || !purge) {
            return left;
        }
        distributedRoots().forEach(removal::add);
        manifests.objects().reversed().stream()
                .map(InstalledObject::of)
                .filter(this::goesWithPurge)
                .forEach(removal::add);
        return removal.run(Map.of(), end);
    }

    /// What goes without a purge, in this order.
    private List<InstalledObject> ownObjects(boolean purge) throws ClusterException {
        String revision = manifests.revision();
        boolean last = purge || otherRevisions().isEmpty();
        List<InstalledObject> doomed = new ArrayList<>(tags.objects(purge ? "" : revision));
        for (InstalledObject one : installed(purge ? List.of() : List.of(revision))) {
            if ((last || !isShared(one)) && !one.name().equals(ROOTS)) {
                doomed.add(one);
            }
        }
        List<ObjectNode> objects = new ArrayList<>(manifests.objects());
        objects.add(manifests.state());
        for (ObjectNode object : objects.reversed()) {
            InstalledObject one = InstalledObject.of(object);
            boolean own = isInstallationsOwn(one)
                    && last
                    && find(object)
                            .map(Installation::revision)
                            .filter(name -> name.isEmpty() || name.equals(revision))
                            .isPresent();
            if (own && !doomed.contains(one)) {
                doomed.add(one);
            }
        }
        return doomed;
    }

    /// The roots of trust that the control plane has put into each namespace, but for those that somebody else
    /// had put there.
    private List<InstalledObject> distributedRoots() throws ClusterException {
        return cluster.list("v1", "ConfigMap", OURS).stream()
                .filter(one -> Trees.text(one, "metadata", "name").equals(ROOTS))
                .map(InstalledObject::of)
                .toList();
    }

    /// Names of the control planes that the cluster has beside this one.
    public List<String> otherRevisions() throws ClusterException {
        return cluster.list("apps/v1", "Deployment", Map.of("app", "istiod")).stream()
                .map(Installation::revision)
                .filter(name -> !name.isEmpty() && !name.equals(manifests.revision()))
                .distinct()
                .sorted()
                .toList();
    }

    /// Gateways that go when this revision goes: they have no revisions, and belong to the one that was installed last.
    public List<String> gatewaysOfRevision() throws ClusterException {
        return cluster.list("apps/v1", "Deployment", OURS).stream()
                .filter(one -> Trees.text(one, "metadata", "labels", "operator.istio.io/component")
                        .endsWith("Gateways"))
                .filter(one -> revision(one).equals(manifests.revision()))
                .map(one -> Trees.text(one, "metadata", "namespace") + "/" + Trees.text(one, "metadata", "name"))
                .toList();
    }

    private static String revision(ObjectNode object) {
        return Trees.text(object, "metadata", "labels", REVISION);
    }

    /// Parts that every revision has in common.
    private boolean isShared(InstalledObject one) {
        return manifests.objects().stream()
                .filter(object ->
                        SHARED.contains(Trees.text(object, "metadata", "labels", "operator.istio.io/component")))
                .anyMatch(object -> InstalledObject.of(object).equals(one));
    }

    private static boolean isInstallationsOwn(InstalledObject one) {
        return !one.kind().equals(DEFINITION) && !one.kind().equals(NAMESPACE);
    }

    /// Namespaces of others hold more than a gateway.
    private boolean goesWithPurge(InstalledObject one) {
        boolean ours = one.name().equals(manifests.namespace());
        boolean shared = one.name().startsWith("kube-") || one.name().equals("default");
        return one.kind().equals(DEFINITION) || (one.kind().equals(NAMESPACE) && ours && !shared);
    }

    private Optional<ObjectNode> find(ObjectNode object) throws ClusterException {
        InstalledObject one = InstalledObject.of(object);
        return cluster.get(one.apiVersion(), one.kind(), one.namespace(), one.name());
    }
}
