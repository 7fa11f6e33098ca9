package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.operator.Rendering;
import dev.lateen.kubernetes.operator.RevisionNames;
import dev.lateen.kubernetes.tree.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Tags: further names of control planes, by which namespaces and pods choose one (label `istio.io/rev`) without being
/// labelled anew when another takes its place. Each is a webhook of its own. The tag `default` is the control plane of
/// `istio-injection=enabled`, and the one that checks resources without a revision.
///
/// Thread: any; blocks.
public final class RevisionTags {
    private static final String REGISTRATION = "admissionregistration.k8s.io/v1";
    private static final String MUTATING = "MutatingWebhookConfiguration";
    private static final String VALIDATING = "ValidatingWebhookConfiguration";
    private static final String REVISION = "istio.io/rev";
    private static final String TAG = "istio.io/tag";
    private static final String DEFAULT = "default";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Cluster cluster;

    public RevisionTags(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @param revision `default` for the one without a name
    /// @param namespaces that choose the control plane by this name
    public record Tag(String name, String revision, List<String> namespaces) {
        public Tag {
            namespaces = List.copyOf(namespaces);
        }
    }

    /// What a tag is to be.
    ///
    /// @param namespace of the control plane; empty for any
    /// @param webhook name of the object that makes the tag; empty for the usual one
    /// @param everywhere whether pods that ask for nothing get a sidecar too, where the tag is `default`
    public record Wish(String tag, String revision, String namespace, String webhook, boolean everywhere) {}

    /// By revision and name.
    public List<Tag> list() throws ClusterException {
        List<ObjectNode> namespaces = cluster.list("v1", "Namespace", Map.of());
        List<Tag> tags = new ArrayList<>();
        for (ObjectNode one : cluster.list(REGISTRATION, MUTATING, Map.of())) {
            String name = label(one, TAG);
            if (!name.isEmpty()) {
                tags.add(new Tag(name, label(one, REVISION), using(name, namespaces)));
            }
        }
        tags.sort(Comparator.comparing(Tag::revision).thenComparing(Tag::name));
        return tags.stream().distinct().toList();
    }

    private static List<String> using(String name, List<ObjectNode> namespaces) {
        return namespaces.stream()
                .filter(one -> label(one, REVISION).equals(name))
                .map(one -> Trees.text(one, "metadata", "name"))
                .sorted()
                .toList();
    }

    /// What keeps a wish from being met, in words; empty for nothing.
    ///
    /// @param overwrite whether a tag may be taken from another revision
    public Optional<String> obstacle(Wish wish, boolean overwrite) throws ClusterException {
        Optional<String> misnamed = RevisionNames.problem(wish.tag());
        if (misnamed.isPresent()) {
            return Optional.of("tag '" + wish.tag() + "' " + misnamed.get());
        }
        if (canonical(MUTATING, wish).isEmpty()) {
            List<String> known = revisions();
            return Optional.of("there is no control plane of revision '" + wish.revision() + "'"
                    + (wish.namespace().isEmpty() ? "" : " in namespace " + wish.namespace())
                    + (known.isEmpty()
                            ? ": lateen install makes one"
                            : " (there are: " + String.join(", ", known) + ")"));
        }
        if (!overwrite && !wish.tag().equals(DEFAULT) && revisions().contains(wish.tag())) {
            return Optional.of("there is a control plane of revision '" + wish.tag()
                    + "': a tag of this name would hide it (--overwrite makes it all the same)");
        }
        Optional<Tag> held =
                list().stream().filter(tag -> tag.name().equals(wish.tag())).findFirst();
        return held.isEmpty() || overwrite
                ? Optional.empty()
                : Optional.of("tag '" + wish.tag() + "' exists and means revision '"
                        + held.get().revision() + "': --overwrite changes it");
    }

    /// The objects that make a tag. Only where there is no obstacle but that it exists.
    public List<ObjectNode> generate(Wish wish) throws ClusterException {
        ObjectNode injector = canonical(MUTATING, wish).orElseThrow();
        ObjectNode first = Trees.objects(injector, "webhooks").getFirst();
        List<ObjectNode> objects = Rendering.tag(
                wish.tag(),
                wish.revision(),
                Trees.text(first, "clientConfig", "service", "namespace"),
                wish.everywhere());
        String roots = Trees.text(first, "clientConfig", "caBundle");
        for (ObjectNode object : objects) {
            // The installer prunes what it has made itself; a tag is made by its users.
            Trees.into(object, "metadata", "labels").remove("app.kubernetes.io/managed-by");
            if (!wish.webhook().isEmpty() && Trees.text(object, "kind").equals(MUTATING)) {
                Trees.into(object, "metadata").put("name", wish.webhook());
            }
            if (!roots.isEmpty()) {
                Trees.objects(object, "webhooks")
                        .forEach(webhook -> Trees.into(webhook, "clientConfig").put("caBundle", roots));
            }
        }
        return objects;
    }

    /// Makes a tag, or gives it another meaning, and waits until API servers go by it: pods that come before would be
    /// left without a sidecar. The control plane without a name steps back where another becomes the default.
    ///
    /// @return whether the API server was seen to go by it
    public boolean set(Wish wish) throws ClusterException, InterruptedException {
        List<ObjectNode> objects = generate(wish);
        for (ObjectNode object : objects) {
            DroppedWebhooks.remove(cluster, object);
            cluster.apply(object);
        }
        if (wish.tag().equals(DEFAULT)) {
            deactivate(MUTATING, "sidecar-injector.istio.io");
            deactivate(VALIDATING, "validation.istio.io");
        }
        return isInForce(wish);
    }

    /// Asks for a pod that chooses the tag, without making it.
    private boolean isInForce(Wish wish) throws ClusterException, InterruptedException {
        Optional<String> namespace = cluster.list("v1", "Namespace", Map.of()).stream()
                .filter(one -> label(one, REVISION).isEmpty()
                        && label(one, "istio-injection").isEmpty())
                .map(one -> Trees.text(one, "metadata", "name"))
                .filter(name -> !name.startsWith("kube-"))
                .findFirst();
        if (namespace.isEmpty()) {
            return false;
        }
        ObjectNode pod = probe(wish.tag(), namespace.get());
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            try {
                ObjectNode made = cluster.rehearse(pod);
                if (Trees.text(made, "metadata", "annotations", REVISION).equals(wish.revision())) {
                    return true;
                }
            } catch (ClusterException e) {
                if (e.isForbidden()) {
                    return false;
                }
            }
            Thread.sleep(PAUSE);
        } while (System.nanoTime() - end < 0);
        return false;
    }

    private static ObjectNode probe(String tag, String namespace) {
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Trees.object("name", "lateen-tag-probe", "namespace", namespace, "labels", Trees.object(REVISION, tag)),
                "spec",
                Trees.object("containers", Trees.array(Trees.object("name", "app", "image", "none"))));
    }

    /// @return whether there was one
    public boolean remove(String tag) throws ClusterException {
        boolean any = false;
        for (String kind : List.of(MUTATING, VALIDATING)) {
            for (ObjectNode one : cluster.list(REGISTRATION, kind, Map.of(TAG, tag))) {
                cluster.delete(REGISTRATION, kind, "", Trees.text(one, "metadata", "name"));
                any = true;
            }
        }
        return any;
    }

    /// All that make tags of a revision; empty for those of all.
    List<InstalledObject> objects(String revision) throws ClusterException {
        List<InstalledObject> objects = new ArrayList<>();
        for (String kind : List.of(MUTATING, VALIDATING)) {
            for (ObjectNode one :
                    cluster.list(REGISTRATION, kind, revision.isEmpty() ? Map.of() : Map.of(REVISION, revision))) {
                if (!label(one, TAG).isEmpty() && !label(one, REVISION).isEmpty()) {
                    objects.add(new InstalledObject(REGISTRATION, kind, "", Trees.text(one, "metadata", "name")));
                }
            }
        }
        return objects;
    }

    /// After an installation: the control plane without a name is the default again, any other one where there is none
    /// yet.
    void settleDefault(String revision, Consumer<String> progress) throws ClusterException, InterruptedException {
        Optional<Tag> held =
                list().stream().filter(tag -> tag.name().equals(DEFAULT)).findFirst();
        if (revision.equals(DEFAULT)) {
            if (held.isPresent() && remove(DEFAULT)) {
                progress.accept("this control plane is the default again; it was "
                        + held.get().revision());
            }
        } else if (held.isEmpty() && !revisions().contains(DEFAULT)) {
            progress.accept("making revision " + revision + " the default, since there is no other");
            set(new Wish(DEFAULT, revision, "", "", false));
        }
    }

    private List<String> revisions() throws ClusterException {
        return cluster.list(REGISTRATION, MUTATING, Map.of("app", "sidecar-injector")).stream()
                .filter(one -> label(one, TAG).isEmpty())
                .map(one -> label(one, REVISION))
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
    }

    /// The webhooks that a revision was installed with.
    private Optional<ObjectNode> canonical(String kind, Wish wish) throws ClusterException {
        return cluster.list(REGISTRATION, kind, Map.of(REVISION, wish.revision())).stream()
                .filter(one -> label(one, TAG).isEmpty())
                .filter(one -> !Trees.objects(one, "webhooks").isEmpty())
                .filter(one -> wish.namespace().isEmpty()
                        || wish.namespace()
                                .equals(Trees.text(
                                        Trees.objects(one, "webhooks").getFirst(),
                                        "clientConfig",
                                        "service",
                                        "namespace")))
                .findFirst();
    }

    /// Leaves the webhooks of the control plane without a name where they are, but lets them match nothing: the next
    /// installation brings them back.
    private void deactivate(String kind, String suffix) throws ClusterException {
        for (ObjectNode one : cluster.list(REGISTRATION, kind, Map.of(REVISION, DEFAULT))) {
            List<Object> steps = label(one, TAG).isEmpty() ? deactivation(one, suffix) : List.of();
            if (!steps.isEmpty()) {
                cluster.patch(
                        REGISTRATION,
                        kind,
                        "",
                        Trees.text(one, "metadata", "name"),
                        Trees.array(steps.toArray()).toString());
            }
        }
    }

    /// A JSON patch. Of validation, only what is asked about resources without a revision ends.
    static List<Object> deactivation(ObjectNode configuration, String suffix) {
        ObjectNode never = Trees.object("matchLabels", Trees.object("istio.io/deactivated", "never-match"));
        List<Object> steps = new ArrayList<>();
        int index = 0;
        for (ObjectNode webhook : Trees.objects(configuration, "webhooks")) {
            String path = "/webhooks/" + index++;
            String name = Trees.text(webhook, "name");
            if (name.equals(suffix) || (suffix.startsWith("sidecar-injector") && name.endsWith("." + suffix))) {
                steps.add(Trees.object("op", "test", "path", path + "/name", "value", name));
                for (String selector : List.of("namespaceSelector", "objectSelector")) {
                    steps.add(Trees.object("op", "add", "path", path + "/" + selector, "value", never.deepCopy()));
                }
            }
        }
        return steps;
    }

    private static String label(ObjectNode object, String name) {
        return Trees.text(object, "metadata", "labels", name);
    }
}
