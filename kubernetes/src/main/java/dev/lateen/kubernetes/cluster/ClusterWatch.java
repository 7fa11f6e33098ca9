package dev.lateen.kubernetes.cluster;

import dev.lateen.kubernetes.tree.Trees;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// Watches kinds of objects, and lists them anew whenever the API server has lost the thread. Of the objects it keeps
/// names and versions only.
///
/// A kind that the API server does not know yet is asked for again and again, with pauses, and holds nobody up.
///
/// Thread: any.
public final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
    private static final long PAGE = 500;
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private static final Executor THREADS = action -> Thread.ofVirtual().start(action);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final Consumer<ClusterEvent> events;
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
    private CompletableFuture<Void> listed = CompletableFuture.completedFuture(null);

    private ClusterWatch(KubernetesClient client, Consumer<ClusterEvent> events) {
        this.client = client;
        this.events = events;
    }

    static ClusterWatch start(
            KubernetesClient client, Cluster cluster, List<WatchedKind> kinds, Consumer<ClusterEvent> events) {
        ClusterWatch watch = new ClusterWatch(client, events);
        List<CompletableFuture<Void>> known = new ArrayList<>();
        for (WatchedKind kind : kinds) {
            CompletableFuture<Void> first = watch.add(kind).toCompletableFuture();
            if (isServed(cluster, kind)) {
                known.add(first);
            } else {
                LOG.atWarn()
                        .addKeyValue("kind", kind.plural() + "." + kind.group())
                        .log("the cluster does not define a kind of the mesh");
            }
        }
        watch.listed = CompletableFuture.allOf(known.toArray(CompletableFuture[]::new));
        return watch;
    }

    static ClusterWatch start(KubernetesClient client, WatchedKind kind, Consumer<ClusterEvent> events) {
        ClusterWatch watch = new ClusterWatch(client, events);
        watch.listed = watch.add(kind).toCompletableFuture();
        return watch;
    }

    private static boolean isServed(Cluster cluster, WatchedKind kind) {
        try {
            return cluster.serves(kind);
        } catch (ClusterException _) {
            return true; // then it is the list that says why not
        }
    }

    /// Completes when everything that was there at the start has been told.
    public CompletableFuture<Void> listed() {
        return listed.copy();
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }

    private CompletionStage<Void> add(WatchedKind kind) {
        SharedIndexInformer<GenericKubernetesResource> informer =
                informable(kind).runnableInformer(0);
        informer.itemStore(new ReducedStateItemStore<>(
                ReducedStateItemStore.NAME_KEY_STATE,
                GenericKubernetesResource.class,
                client.getKubernetesSerialization(),
                "metadata.resourceVersion"));
        informer.removeNamespaceIndex();
        Told told = new Told(kind);
        informer.addEventHandler(told);
        informer.exceptionHandler((started, failure) -> {
            LOG.atWarn()
                    .addKeyValue(
                            "kind",
                            kind.plural() + kind.name().map(name -> " " + name).orElse(""))
                    .addKeyValue("reason", failure.getMessage())
                    .log("the cluster's objects of a kind cannot be watched, trying again");
            return true;
        });
        informers.add(informer);
        return informer.start()
                .thenRunAsync(() -> told.await(informer.getStore().listKeys().size()), THREADS);
    }

    private Informable<GenericKubernetesResource> informable(WatchedKind kind) {
        var all = client.genericKubernetesResources(definition(kind));
        if (kind.namespace().isPresent() && kind.name().isPresent()) {
            return all.inNamespace(kind.namespace().get()).withName(kind.name().get());
        }
        if (kind.name().isPresent()) {
            return all.inAnyNamespace()
                    .withField("metadata.name", kind.name().get())
                    .withLimit(PAGE);
        }
        return kind.namespace().isPresent()
                ? all.inNamespace(kind.namespace().get()).withLimit(PAGE)
                : all.inAnyNamespace().withLimit(PAGE);
    }

    static ResourceDefinitionContext definition(WatchedKind kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(true)
                .build();
    }

    /// Hands on what an informer says, as trees.
    private final class Told implements ResourceEventHandler<GenericKubernetesResource> {
        private final WatchedKind kind;

        private final Semaphore seen = new Semaphore(0);

        private Told(WatchedKind kind) {
            this.kind = kind;
        }

        /// An informer says that it has listed before it has told all of it.
        private void await(int objects) {
            try {
                if (!seen.tryAcquire(objects, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.atWarn().addKeyValue("kind", kind.plural()).log("not all objects of a kind were told in time");
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            events.accept(told(client, kind, object));
            seen.release();
        }

        @Override
        public void onUpdate(GenericKubernetesResource old, GenericKubernetesResource object) {
            onAdd(object);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean stateUnknown) {
            events.accept(new ClusterEvent.Gone(kind.kind(), namespace(object), name(object)));
        }
    }

    /// An object as it is told.
    static ClusterEvent.Seen told(KubernetesClient client, WatchedKind kind, GenericKubernetesResource object) {
        object.setApiVersion(kind.apiVersion());
        object.setKind(kind.kind());
        object.getMetadata().setManagedFields(List.of());
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        if (annotations != null) {
            annotations.remove(LAST_APPLIED);
        }
        ObjectNode tree =
                (ObjectNode) Trees.parse(client.getKubernetesSerialization().asJson(object));
        return new ClusterEvent.Seen(kind.kind(), namespace(object), name(object), tree);
    }

    private static String namespace(GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        return namespace == null ? "" : namespace;
    }

    private static String name(GenericKubernetesResource object) {
        return object.getMetadata().getName();
    }
}
