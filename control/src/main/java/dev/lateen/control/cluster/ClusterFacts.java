package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.inject.LabelSelector;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.webhook.NamespaceFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What a control plane knows of its cluster beside the mesh's resources: namespaces and which of them it serves, the
/// injector's values, and the webhooks of its revision and tags.
///
/// Settings that cannot be read, or that are deleted, leave the last good ones in force.
///
/// Thread: any; events come one at a time.
public final class ClusterFacts {
    private static final String REVISION = "istio.io/rev";
    private static final String TAG = "istio.io/tag";

    private final ClusterSettings settings;
    private final SettingsMaps maps;
    private final ClusterListener listener;
    /// Objects that have been seen and not gone, so that what is new can be told from what has changed.
    private final Set<String> objects = ConcurrentHashMap.newKeySet();
    private final Map<String, NamespaceFacts> namespaces = new ConcurrentHashMap<>();
    private final Map<String, OwnWebhooks> webhooks = new ConcurrentHashMap<>();
    /// The revisions that the tag `default` means, by the object that says so.
    private final Map<String, String> defaults = new ConcurrentHashMap<>();

    private final IngressFacts ingresses;
    private final AtomicLong scope = new AtomicLong();
    private volatile ObjectNode injector = Trees.object();
    private volatile List<ObjectNode> selectors = List.of();
    private volatile Runnable injectorListener = () -> {};

    /// @param listener hears of settings and of all events
    public ClusterFacts(ClusterSettings settings, ClusterListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.maps = new SettingsMaps(settings, listener);
        this.ingresses = new IngressFacts(settings.namespace(), this::serves);
    }

    /// Webhooks by which API servers ask this revision.
    ///
    /// @param tag that they make; empty for none
    record OwnWebhooks(String kind, String name, String tag, ObjectNode configuration) {}

    public Optional<NamespaceFacts> namespace(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    /// Those that `discoverySelectors` choose.
    public Set<String> servedNamespaces() {
        return namespaces.keySet().stream().filter(this::serves).collect(Collectors.toUnmodifiableSet());
    }

    /// Whether the mesh's settings choose a namespace: all where they have no `discoverySelectors`.
    boolean serves(String namespace) {
        List<ObjectNode> known = selectors;
        if (known.isEmpty()) {
            return true;
        }
        NamespaceFacts facts = namespaces.get(namespace);
        if (facts == null) {
            return false;
        }
        ObjectNode labels = Trees.object();
        facts.labels().forEach(labels::put);
        return known.stream().anyMatch(selector -> selector.isEmpty() || LabelSelector.matches(selector, labels));
    }

    /// Whether a resource with this value of `istio.io/rev` is for this control plane: none, its revision, or a tag.
    boolean isMine(String revision) {
        return revision.isEmpty()
                || revision.equals(settings.revision())
                || (revision.equals(ClusterSettings.DEFAULT_REVISION) && isDefault())
                || webhooks.values().stream().anyMatch(own -> own.tag().equals(revision));
    }

    /// Whether this control plane is the one that is meant where nobody names any.
    boolean isDefault() {
        return defaults.isEmpty()
                ? settings.revision().equals(ClusterSettings.DEFAULT_REVISION)
                : defaults.containsValue(settings.revision());
    }

    IngressFacts ingresses() {
        return ingresses;
    }

    List<OwnWebhooks> webhooks() {
        return List.copyOf(webhooks.values());
    }

    /// Another one after each change of what `serves` and `isMine` go by.
    long scope() {
        return scope.get();
    }

    /// What the ConfigMap says, to be laid over the defaults; the same object while it does not change.
    public ObjectNode injector() {
        return injector;
    }

    /// @param listener told of new values of the injector; must be quick
    public void onInjector(Runnable listener) {
        injectorListener = listener;
    }

    boolean isMeshSettings(ClusterEvent event) {
        return maps.isMesh(event.kind(), event.name());
    }

    /// Whether an event is of something that only this class needs.
    boolean isOwn(ClusterEvent event) {
        return maps.isInjector(event.kind(), event.name()) || event.kind().endsWith("WebhookConfiguration");
    }

    ClusterListener listener() {
        return listener;
    }

    private void count(ClusterEvent event) {
        String key = event.kind() + "/" + event.namespace() + "/" + event.name();
        ClusterListener.Change change = switch (event) {
            case ClusterEvent.Seen _ -> objects.add(key) ? ClusterListener.Change.ADD : ClusterListener.Change.UPDATE;
            case ClusterEvent.Gone _ -> {
                objects.remove(key);
                yield ClusterListener.Change.DELETE;
            }
        };
        listener.event(event.kind(), change);
    }

    void onEvent(ClusterEvent event) {
        count(event);
        ingresses.onEvent(event, isMeshSettings(event));
        switch (event) {
            case ClusterEvent.Seen(var kind, var _, var name, var object) -> seen(kind, name, object);
            case ClusterEvent.Gone(var kind, var _, var name) -> {
                boolean known = switch (kind) {
                    case "Namespace" -> namespaces.remove(name) != null;
                    case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" -> {
                        boolean other = defaults.remove(kind + "/" + name) != null;
                        yield webhooks.remove(kind + "/" + name) != null || other;
                    }
                    default -> false;
                };
                if (known) {
                    scope.incrementAndGet();
                }
            }
        }
    }

    private void seen(String kind, String name, ObjectNode object) {
        if (kind.equals("Namespace")) {
            NamespaceFacts now = new NamespaceFacts(texts(object, "labels"), texts(object, "annotations"));
            if (!now.equals(namespaces.put(name, now))) {
                scope.incrementAndGet();
            }
        } else if (kind.endsWith("WebhookConfiguration")) {
            webhooks(kind, name, object);
        } else if (maps.isMesh(kind, name)) {
            maps.discoverySelectors(object)
                    .filter(found -> !found.equals(selectors))
                    .ifPresent(found -> {
                        selectors = found;
                        scope.incrementAndGet();
                    });
        } else if (maps.isInjector(kind, name)) {
            maps.injector(object).ifPresent(found -> {
                injector = found;
                injectorListener.run();
            });
        }
    }

    private void webhooks(String kind, String name, ObjectNode object) {
        String key = kind + "/" + name;
        String revision = Trees.text(object, "metadata", "labels", REVISION);
        String tag = Trees.text(object, "metadata", "labels", TAG);
        boolean own = revision.equals(settings.revision())
                && Trees.objects(object, "webhooks").stream().anyMatch(this::asksHere);
        OwnWebhooks before = own ? webhooks.put(key, new OwnWebhooks(kind, name, tag, object)) : webhooks.remove(key);
        boolean isDefault =
                kind.startsWith("Mutating") && tag.equals(ClusterSettings.DEFAULT_REVISION) && !revision.isEmpty();
        String meant = isDefault ? defaults.put(key, revision) : defaults.remove(key);
        boolean sameTag =
                own == (before != null) && (before == null || before.tag().equals(tag));
        if (!sameTag || !revision.equals(meant == null ? revision : meant)) {
            scope.incrementAndGet();
        }
    }

    /// Whether a webhook leads to the Service of this revision.
    boolean asksHere(ObjectNode webhook) {
        return Trees.text(webhook, "clientConfig", "service", "name").equals(settings.named("istiod"))
                && Trees.text(webhook, "clientConfig", "service", "namespace").equals(settings.namespace());
    }

    private static Map<String, String> texts(ObjectNode object, String name) {
        Map<String, String> texts = new TreeMap<>();
        Trees.at(object, "metadata", name)
                .properties()
                .forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
        return texts;
    }
}
