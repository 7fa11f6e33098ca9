package dev.lateen.cli.mesh;

import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.PodForward;
import dev.lateen.model.diagnostic.Spelling;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The mesh in a Kubernetes cluster. Ports of pods are opened through its API server and stay open as long as the
/// process lives: commands are short.
///
/// Errors: `ClusterException` where the API server refuses or does not answer.
public final class ClusterMesh implements MeshAccess {
    private static final int DEBUG_PORT = 15014;

    private final Cluster cluster;
    private final String systemNamespace;
    private final String revision;
    private final Map<String, PodForward> forwards = new HashMap<>();
    private @Nullable List<PodFacts> known;

    /// @param systemNamespace the control plane's
    /// @param revision of the control plane that is meant; empty for all
    public ClusterMesh(Cluster cluster, String systemNamespace, String revision) {
        this.cluster = cluster;
        this.systemNamespace = systemNamespace;
        this.revision = revision;
    }

    public Cluster cluster() {
        return cluster;
    }

    public String systemNamespace() {
        return systemNamespace;
    }

    @Override
    public List<ControlPlaneAddress> controlPlanes() throws IOException {
        List<PodFacts> pods = controlPlanePods();
        List<PodFacts> running = pods.stream().filter(PodFacts::running).toList();
        if (running.isEmpty()) {
            throw new IOException(
                    pods.isEmpty()
                            ? noControlPlane()
                            : "the control plane does not run: pod "
                                    + pods.getFirst().fullName() + " is "
                                    + pods.getFirst().phase() + ": "
                                    + pods.getFirst().trouble() + " (kubectl -n " + systemNamespace
                                    + " describe pod " + pods.getFirst().name() + " tells more)");
        }
        List<ControlPlaneAddress> found = new java.util.ArrayList<>();
        for (PodFacts pod : running) {
            found.add(new ControlPlaneAddress(pod.name(), port(pod, DEBUG_PORT)));
        }
        return List.copyOf(found);
    }

    /// Also those that do not run.
    public List<PodFacts> controlPlanePods() throws IOException {
        Map<String, String> labels = new TreeMap<>(Map.of("app", "istiod"));
        if (!revision.isEmpty()) {
            labels.put("istio.io/rev", revision);
        }
        return facts(cluster.list("v1", "Pod", systemNamespace, labels));
    }

    private String noControlPlane() throws IOException {
        List<String> others = facts(cluster.list("v1", "Pod", Map.of("app", "istiod"))).stream()
                .map(pod ->
                        pod.namespace() + " (revision " + pod.labels().getOrDefault("istio.io/rev", "default") + ")")
                .distinct()
                .sorted()
                .toList();
        return "there is no control plane " + (revision.isEmpty() ? "" : "of revision " + revision + " ")
                + "in namespace " + systemNamespace + " of " + cluster.address() + ": "
                + (others.isEmpty()
                        ? "lateen install makes one"
                        : "-i and --revision name another; there is one in " + String.join(", ", others));
    }

    @Override
    public PodProxy pod(String reference, String namespace) throws IOException {
        PodFacts pod = facts(reference, namespace);
        if (pod.sidecar().isEmpty()) {
            throw new IllegalArgumentException("pod " + pod.fullName() + " has no sidecar: lateen x check-inject -n "
                    + pod.namespace() + " " + pod.name() + " says why");
        }
        if (!pod.running()) {
            throw new IllegalArgumentException("pod " + pod.fullName() + " is " + pod.phase()
                    + ", so its proxy cannot be" + " asked" + (pod.trouble().isEmpty() ? "" : ": " + pod.trouble()));
        }
        return proxy(pod);
    }

    /// The pod that is meant, with a sidecar or without.
    public PodFacts facts(String reference, String namespace) throws IOException {
        PodReference meant = PodReference.parse(reference);
        String wanted =
                meant.namespace().isEmpty() ? namespace.isEmpty() ? cluster.namespace() : namespace : meant.namespace();
        if (meant.type() == PodReference.Type.UNSAID || meant.type() == PodReference.Type.POD) {
            Optional<ObjectNode> pod = cluster.get("v1", "Pod", wanted, meant.name());
            if (pod.isPresent()) {
                return new PodFacts(pod.get());
            }
        }
        PodReference.Type workload =
                meant.type() == PodReference.Type.UNSAID ? PodReference.Type.DEPLOYMENT : meant.type();
        if (workload == PodReference.Type.POD) {
            throw missing("pod", meant.name(), wanted);
        }
        Optional<ObjectNode> object = cluster.get(workload.apiVersion(), workload.kind(), wanted, meant.name());
        if (object.isEmpty()) {
            throw missing(
                    meant.type() == PodReference.Type.UNSAID ? "pod or deployment" : workload.kind(),
                    meant.name(),
                    wanted);
        }
        Map<String, String> selector = selector(object.get());
        if (selector.isEmpty()) {
            throw new IllegalArgumentException(
                    workload.kind() + " " + meant.name() + "." + wanted + " selects no pods by labels: name a pod");
        }
        return facts(cluster.list("v1", "Pod", wanted, selector)).stream()
                .min(Comparator.comparing((PodFacts pod) -> !pod.ready())
                        .thenComparing(pod -> !pod.running())
                        .thenComparing(PodFacts::name))
                .orElseThrow(() -> new IllegalArgumentException(
                        workload.kind() + " " + meant.name() + "." + wanted + " has no pods: kubectl -n " + wanted
                                + " describe " + workload.kind().toLowerCase(java.util.Locale.ROOT) + " " + meant.name()
                                + " says why"));
    }

    /// The pods that a Service selects.
    public List<PodFacts> podsOf(JsonNode service) throws IOException {
        Map<String, String> selector = selector(service);
        return selector.isEmpty()
                ? List.of()
                : facts(cluster.list("v1", "Pod", Json.text(service, "metadata", "namespace"), selector));
    }

    static Map<String, String> selector(JsonNode object) {
        JsonNode selector = Json.at(object, "spec", "selector");
        JsonNode labels = selector.has("matchLabels") ? selector.path("matchLabels") : selector;
        Map<String, String> found = new TreeMap<>();
        labels.properties().forEach(field -> {
            if (field.getValue().isString()) {
                found.put(field.getKey(), field.getValue().asString());
            }
        });
        return found;
    }

    private IllegalArgumentException missing(String kind, String name, String namespace) throws IOException {
        List<String> there = facts(cluster.list("v1", "Pod", namespace, Map.of())).stream()
                .map(PodFacts::name)
                .sorted()
                .toList();
        String advice = Spelling.advice(name, there);
        return new IllegalArgumentException("there is no " + kind + " '" + name + "' in namespace " + namespace + " of "
                + cluster.address()
                + (there.isEmpty()
                        ? " (the namespace has no pods; -n names another)"
                        : (advice.isEmpty() ? "" : "; " + advice) + "\npods there: " + String.join(", ", there)));
    }

    @Override
    public List<PodProxy> pods() throws IOException {
        return known().stream()
                .filter(pod -> pod.running() && pod.sidecar().isPresent())
                .map(this::proxy)
                .toList();
    }

    @Override
    public Optional<PodProxy> podAt(String address) throws IOException {
        return known().stream()
                .filter(pod -> pod.address().equals(address)
                        && pod.running()
                        && !pod.onHostNetwork()
                        && pod.sidecar().isPresent())
                .map(this::proxy)
                .findFirst();
    }

    private List<PodFacts> known() throws IOException {
        List<PodFacts> pods = known;
        if (pods == null) {
            pods = facts(cluster.list("v1", "Pod", Map.of()));
            known = pods;
        }
        return pods;
    }

    /// A pod's way in, sidecar or not.
    public PodProxy proxy(PodFacts pod) {
        return new PodProxy(pod.fullName(), pod.address(), port -> port(pod, port));
    }

    private HttpPort port(PodFacts pod, int port) throws IOException {
        String key = pod.fullName() + ":" + port;
        PodForward forward = forwards.get(key);
        if (forward == null) {
            forward = cluster.forward(pod.namespace(), pod.name(), port, 0);
            forwards.put(key, forward);
        }
        return new HttpPort("127.0.0.1:" + forward.localPort(), forward::trouble);
    }

    private static List<PodFacts> facts(List<ObjectNode> pods) {
        return pods.stream().map(PodFacts::new).toList();
    }
}
