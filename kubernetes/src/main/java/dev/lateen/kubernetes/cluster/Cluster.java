package dev.lateen.kubernetes.cluster;

import dev.lateen.kubernetes.tree.Trees;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// One Kubernetes cluster, through its API server.
///
/// Errors: `ClusterException` where the server refuses or does not answer.
///
/// Thread: any; blocks.
public final class Cluster implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    /// Under which name the API server records what we have set.
    private static final String FIELD_MANAGER = "lateen";

    /// Doubled with each attempt, five times: an API server that is back is seen within 3.2 s. Pods that go drain for
    /// longer than that, so whoever calls them is told in time.
    private static final int RECONNECT_MILLIS = 100;

    private final KubernetesClient client;

    private Cluster(Config config) {
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestTimeout(PATIENCE_MILLIS)
                        .withConnectionTimeout(PATIENCE_MILLIS)
                        .withWatchReconnectInterval(RECONNECT_MILLIS)
                        .build())
                .build();
    }

    /// The cluster of the pod that this process runs in, as its service account.
    public static Cluster inside() {
        return new Cluster(Config.autoConfigure(null));
    }

    /// The cluster of a kubeconfig's current context.
    public static Cluster of(Path kubeconfig) throws IOException {
        if (!Files.isReadable(kubeconfig)) {
            throw new IOException(kubeconfig + ": no such kubeconfig, or it may not be read");
        }
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        ClientKeys.tell(config);
        return new Cluster(config);
    }

    /// @param context of the kubeconfig; empty for its current one
    public static Cluster of(Path kubeconfig, String context) throws IOException {
        if (context.isEmpty()) {
            return of(kubeconfig);
        }
        if (!Files.isReadable(kubeconfig)) {
            throw new IOException(kubeconfig + ": no such kubeconfig, or it may not be read");
        }
        Config config = Config.fromKubeconfig(context, kubeconfig.toFile());
        if (config.getContexts().stream().noneMatch(one -> context.equals(one.getName()))) {
            throw new IOException(kubeconfig + ": no context '" + context + "' (it has: "
                    + String.join(
                            ", ",
                            config.getContexts().stream()
                                    .map(NamedContext::getName)
                                    .toList())
                    + ")");
        }
        ClientKeys.tell(config);
        return new Cluster(config);
    }

    /// Where its API server is.
    public String address() {
        return client.getMasterUrl().toString();
    }

    /// Whether the API server knows the kind.
    public boolean serves(WatchedKind kind) throws ClusterException {
        return this.<Boolean>asked(() -> {
            String path =
                    kind.group().isEmpty() ? "/api/" + kind.version() : "/apis/" + kind.group() + "/" + kind.version();
            String answer = client.raw(path);
            return answer != null
                    && Trees.objects(Trees.parse(answer), "resources").stream()
                            .anyMatch(one -> Trees.text(one, "name").equals(kind.plural()));
        });
    }

    /// Watches until closed. Events of one object come in order; those of what there is at the start come before
    /// `ClusterWatch.listed` completes.
    ///
    /// @param events called by several threads, one at a time for each kind; must be quick
    public ClusterWatch watch(List<WatchedKind> kinds, Consumer<ClusterEvent> events) throws ClusterException {
        return asked(() -> ClusterWatch.start(client, this, kinds, events));
    }

    /// Watches what belongs to a kind that every cluster has.
    public ClusterWatch watch(WatchedKind kind, Consumer<ClusterEvent> events) throws ClusterException {
        return asked(() -> ClusterWatch.start(client, kind, events));
    }

    /// @param apiVersion group and version, such as `v1` or `apps/v1`
    public Optional<ObjectNode> get(String apiVersion, String kind, String namespace, String name)
            throws ClusterException {
        return asked(() -> {
            var all = client.genericKubernetesResources(apiVersion, kind);
            GenericKubernetesResource found = namespace.isEmpty()
                    ? all.withName(name).get()
                    : all.inNamespace(namespace).withName(name).get();
            return Optional.ofNullable(found).map(this::tree);
        });
    }

    /// All objects of a kind, in all namespaces, that have all of the labels.
    public List<ObjectNode> list(String apiVersion, String kind, Map<String, String> labels) throws ClusterException {
        return asked(
                () -> client
                        .genericKubernetesResources(apiVersion, kind)
                        .inAnyNamespace()
                        .withLabels(labels)
                        .list()
                        .getItems()
                        .stream()
                        .map(this::tree)
                        .toList());
    }

    /// The objects of a kind in one namespace that have all of the labels.
    public List<ObjectNode> list(String apiVersion, String kind, String namespace, Map<String, String> labels)
            throws ClusterException {
        return asked(() -> client
                .genericKubernetesResources(apiVersion, kind)
                .inNamespace(namespace)
                .withLabels(labels)
                .list()
                .getItems()
                .stream()
                .map(this::tree)
                .toList());
    }

    /// The namespace that the kubeconfig's context is for.
    public String namespace() {
        return Optional.ofNullable(client.getNamespace()).orElse("default");
    }

    /// What the API server answers at a path, such as `/version`.
    public String page(String path) throws ClusterException {
        return asked(() -> Optional.ofNullable(client.raw(path)).orElse(""));
    }

    /// Opens a port of a pod on 127.0.0.1. That a pod is not there, or that this is not allowed, shows at the first
    /// connection: `PodForward.trouble`.
    ///
    /// @param localPort 0 for any that is free
    public PodForward forward(String namespace, String pod, int port, int localPort) throws ClusterException {
        return asked(() -> {
            var one = client.pods().inNamespace(namespace).withName(pod);
            return new PodForward(
                    one.portForward(port, InetAddress.getLoopbackAddress(), localPort),
                    "pod " + namespace + "/" + pod + ", port " + port);
        });
    }

    /// The end of what a container wrote.
    ///
    /// @param lines at most, from the end
    /// @param bytes at most, from the first of these lines
    /// @param previous of its run before the last restart
    public String log(String namespace, String pod, String container, int lines, int bytes, boolean previous)
            throws ClusterException {
        String query = "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/log?container=" + container
                + "&tailLines=" + lines + "&limitBytes=" + bytes + (previous ? "&previous=true" : "");
        return page(query);
    }

    /// Whether whoever asks may do that.
    ///
    /// @param resource plural, with a sub-resource after a slash
    /// @param namespace empty for all
    public boolean may(String verb, String group, String resource, String namespace) throws ClusterException {
        return this.<Boolean>asked(() -> {
            int slash = resource.indexOf('/');
            SelfSubjectAccessReview answer = client.authorization()
                    .v1()
                    .selfSubjectAccessReview()
                    .create(new SelfSubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withNewResourceAttributes()
                            .withVerb(verb)
                            .withGroup(group)
                            .withResource(slash < 0 ? resource : resource.substring(0, slash))
                            .withSubresource(slash < 0 ? "" : resource.substring(slash + 1))
                            .withNamespace(namespace)
                            .endResourceAttributes()
                            .endSpec()
                            .build());
            return answer.getStatus() != null
                    && Boolean.TRUE.equals(answer.getStatus().getAllowed());
        });
    }

    /// What a kind has in a namespace, as its watch would tell it; nothing where the kind is not defined.
    public List<ClusterEvent> objects(WatchedKind kind, String namespace) throws ClusterException {
        try {
            return asked(
                    () -> client
                            .genericKubernetesResources(ClusterWatch.definition(kind))
                            .inNamespace(namespace)
                            .list()
                            .getItems()
                            .stream()
                            .map(object -> (ClusterEvent) ClusterWatch.told(client, kind, object))
                            .toList());
        } catch (ClusterException e) {
            if (e.isMissing()) {
                return List.of();
            }
            throw e;
        }
    }

    /// Makes an object that must not exist yet; `ClusterException.isConflict` where it does.
    public void create(ObjectNode object) throws ClusterException {
        asked(() -> client.resource(typed(object)).create());
    }

    /// Puts an object in the place of the one of its name, if that still has the version that this one carries in
    /// `metadata.resourceVersion`; `ClusterException.isConflict` where it has not.
    public void replace(ObjectNode object) throws ClusterException {
        asked(() -> client.resource(typed(object)).update());
    }

    /// What would become of an object if it were made now; nothing is made.
    public ObjectNode rehearse(ObjectNode object) throws ClusterException {
        return asked(() -> tree(client.resource(typed(object)).dryRun().create()));
    }

    /// Sees to it that the object has at least these fields (server-side apply), whoever set them before.
    public void apply(ObjectNode object) throws ClusterException {
        asked(() -> client.resource(typed(object))
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(FIELD_MANAGER)
                                .withForce(true)
                                .build(),
                        typed(object)));
    }

    /// Deletes an object and what belongs to it; one that is not there is no error, nor is a kind that is not defined.
    public void delete(String apiVersion, String kind, String namespace, String name) throws ClusterException {
        asked(() -> {
            var all = client.genericKubernetesResources(apiVersion, kind);
            return namespace.isEmpty()
                    ? all.withName(name).delete()
                    : all.inNamespace(namespace).withName(name).delete();
        });
    }

    /// Changes an object by a JSON patch (RFC 6902).
    public void patch(String apiVersion, String kind, String namespace, String name, String patch)
            throws ClusterException {
        asked(() -> {
            var all = client.genericKubernetesResources(apiVersion, kind);
            var one = namespace.isEmpty()
                    ? all.withName(name)
                    : all.inNamespace(namespace).withName(name);
            return one.patch(PatchContext.of(PatchType.JSON), patch);
        });
    }

    /// Lays fields over an object's status (RFC 7396); its other fields stay.
    ///
    /// Errors: also where the object is gone, `ClusterException.isMissing`.
    public void patchStatus(String apiVersion, String kind, String namespace, String name, ObjectNode status)
            throws ClusterException {
        asked(() -> client.genericKubernetesResources(apiVersion, kind)
                .inNamespace(namespace)
                .withName(name)
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Trees.object("status", status).toString()));
    }

    /// A token that proves a service account.
    ///
    /// @param audience for whom it is
    public String token(String namespace, String account, String audience, Duration lifetime) throws ClusterException {
        return asked(() -> client.serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withAudiences(audience)
                        .withExpirationSeconds(lifetime.toSeconds())
                        .endSpec()
                        .build())
                .getStatus()
                .getToken());
    }

    /// Takes part in the election of a leader until closed, which gives the lead back.
    ///
    /// @param identity of this process; unique among those that take part
    public Leadership lead(String namespace, String lease, String identity) {
        return Leadership.start(client, namespace, lease, identity);
    }

    @Override
    public void close() {
        client.close();
    }

    private GenericKubernetesResource typed(ObjectNode object) {
        return client.getKubernetesSerialization().unmarshal(object.toString(), GenericKubernetesResource.class);
    }

    private ObjectNode tree(GenericKubernetesResource object) {
        return (ObjectNode) Trees.parse(client.getKubernetesSerialization().asJson(object));
    }

    private <T> T asked(Supplier<T> question) throws ClusterException {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            throw new ClusterException("API server " + address() + ": " + reason(e), e.getCode(), e);
        }
    }

    /// What the server said, or what kept it from saying anything.
    static String reason(KubernetesClientException failure) {
        if (failure.getStatus() != null && failure.getStatus().getMessage() != null) {
            return failure.getStatus().getMessage();
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
