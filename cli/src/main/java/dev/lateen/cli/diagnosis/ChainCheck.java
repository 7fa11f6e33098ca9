package dev.lateen.cli.diagnosis;

import dev.lateen.cli.diagnosis.Link.State;
import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Walks the chain from a namespace's label to a Service's endpoints for one workload, in the order in which its links
/// depend on each other, and stops at the first that is broken: what comes after would only repeat it.
///
/// Thread: any.
public final class ChainCheck {
    private static final String REVISION = "istio.io/rev";
    private static final int XDS_PORT = 15012;
    private static final Set<String> TYPES =
            Set.of("cluster", "listener", "endpoint", "route", "extensionconfig", "secret");

    private final ClusterPicture picture;
    private final PodFacts pod;

    private ChainCheck(ClusterPicture picture) {
        this.picture = picture;
        this.pod = picture.pod();
    }

    /// All links that were looked at; the last one is broken, or none is.
    public static List<Link> of(ClusterPicture picture) {
        ChainCheck check = new ChainCheck(picture);
        List<Function<ChainCheck, Link>> chain = List.of(
                ChainCheck::label,
                ChainCheck::webhook,
                ChainCheck::pod,
                ChainCheck::sidecar,
                ChainCheck::sync,
                ChainCheck::policy,
                ChainCheck::networkPolicy,
                ChainCheck::service);
        List<Link> seen = new ArrayList<>();
        for (Function<ChainCheck, Link> one : chain) {
            Link link = one.apply(check);
            seen.add(link);
            if (link.state() == State.BROKEN) {
                break;
            }
        }
        return List.copyOf(seen);
    }

    private Link label() {
        InjectionAnswer answer = answer();
        if (answer.injected() || pod.sidecar().isPresent()) {
            return Link.holds(
                    "label",
                    answer.injected() ? answer.reason() : "the pod has a sidecar, though now: " + answer.reason());
        }
        if (picture.injection().injectors().isEmpty() || answer.reason().contains("no webhook is asked")) {
            return Link.holds("label", answer.reason().replaceFirst(", but .*", ""));
        }
        return Link.broken(
                "label", answer.reason(), "a namespace or pod that asks for a sidecar", labelAdvice(answer.reason()));
    }

    private String labelAdvice(String reason) {
        if (reason.startsWith("the pod has")) {
            return "take " + reason.replaceFirst("^the pod has the ", "") + " out of the pod template";
        }
        if (reason.contains("belongs to Kubernetes itself") || reason.contains("host networking")) {
            return "run it in a namespace of its own, with a network of its own";
        }
        return "kubectl label namespace " + picture.namespace() + " istio-injection=enabled --overwrite, then "
                + restart();
    }

    private InjectionAnswer answer() {
        return InjectionAnswer.of(
                pod,
                picture.namespaceLabels(),
                picture.injection().injectors(),
                picture.injection().settings());
    }

    private Link webhook() {
        if (pod.sidecar().isPresent()) {
            return Link.holds("webhook", "it has injected this pod");
        }
        if (picture.injection().injectors().isEmpty()) {
            return Link.broken(
                    "webhook",
                    "the cluster has no MutatingWebhookConfiguration that injects",
                    "istio-sidecar-injector",
                    "lateen install makes it; lateen verify-install says what else is missing");
        }
        InjectionAnswer answer = answer();
        Optional<Injector> asked = answer.webhook();
        if (asked.isEmpty()) {
            return Link.broken(
                    "webhook",
                    answer.reason(),
                    "a webhook of the revision that the namespace names",
                    "lateen x injector list shows which revisions inject; set " + REVISION
                            + " or istio-injection to one");
        }
        if (!asked.get().trusted()) {
            return Link.broken(
                    "webhook",
                    asked.get().configuration() + " has no caBundle, so that the API server trusts nobody there",
                    "the root that the control plane writes into it",
                    "kubectl -n " + picture.systemNamespace() + " logs deploy/istiod says why it has not");
        }
        if (picture.controlPlanes().stream().noneMatch(PodFacts::ready)) {
            return Link.broken(
                    "webhook",
                    "no control plane is ready to answer it" + controlPlaneTrouble(),
                    "a ready pod behind " + asked.get().service(),
                    "kubectl -n " + picture.systemNamespace() + " get pods -l app=istiod");
        }
        return Link.holds("webhook", asked.get().name() + " of " + asked.get().configuration() + " is asked");
    }

    private String controlPlaneTrouble() {
        return picture.controlPlanes().stream()
                .filter(one -> !one.ready())
                .map(one -> ": " + one.fullName() + " is " + one.phase()
                        + (one.trouble().isEmpty() ? "" : ", " + one.trouble()))
                .findFirst()
                .orElse(": there is none in namespace " + picture.systemNamespace());
    }

    private Link pod() {
        if (!pod.running()) {
            return Link.broken(
                    "pod",
                    picture.shown() + " is " + pod.phase() + (pod.trouble().isEmpty() ? "" : ": " + pod.trouble()),
                    "Running",
                    "kubectl -n " + picture.namespace() + " describe pod " + pod.name());
        }
        if (!pod.ready() && !sidecarUnready()) {
            return Link.broken(
                    "pod",
                    picture.shown() + " runs and is not ready" + (pod.trouble().isEmpty() ? "" : ": " + pod.trouble()),
                    "ready, as its readiness probes say",
                    "kubectl -n " + picture.namespace() + " describe pod " + pod.name()
                            + ", and logs of the container");
        }
        return Link.holds("pod", picture.shown() + " runs" + (pod.ready() ? " and is ready" : ""));
    }

    private boolean sidecarUnready() {
        return pod.status(PodFacts.SIDECAR)
                .filter(one -> !one.path("ready").asBoolean(false))
                .isPresent();
    }

    private Link sidecar() {
        if (pod.sidecar().isEmpty()) {
            return Link.broken(
                    "sidecar",
                    picture.shown() + " has no container " + PodFacts.SIDECAR + "; a new pod would get one",
                    "a pod that was created after its namespace was labelled",
                    restart());
        }
        String image = Json.text(pod.sidecar().orElseThrow(), "image");
        if (sidecarUnready()) {
            JsonNode status = pod.status(PodFacts.SIDECAR).orElseThrow();
            String waits = Json.text(status, "state", "waiting", "reason");
            return Link.broken(
                    "sidecar",
                    PodFacts.SIDECAR + " (" + image + ") is not ready"
                            + (waits.isEmpty() ? "" : ": " + waits)
                            + ", restarts: " + status.path("restartCount").asInt(0) + egressTrouble(),
                    "ready: it has its configuration and certificate",
                    "kubectl -n " + picture.namespace() + " logs " + pod.name() + " -c " + PodFacts.SIDECAR);
        }
        return Link.holds("sidecar", PodFacts.SIDECAR + " is ready (" + image + ")");
    }

    private Link sync() {
        if (!picture.mesh().trouble().isEmpty()) {
            return Link.broken(
                    "sync",
                    "no control plane can be asked: " + picture.mesh().trouble(),
                    "a control plane that answers",
                    "kubectl -n " + picture.systemNamespace() + " get pods -l app=istiod");
        }
        Optional<JsonNode> row = picture.mesh().syncOf(pod.fullName());
        if (row.isEmpty()) {
            return Link.broken(
                    "sync",
                    "no control plane knows the proxy" + egressTrouble(),
                    "a connection from " + picture.shown() + " to istiod." + picture.systemNamespace() + ":" + XDS_PORT,
                    "lateen proxy-status shows who is connected; the pod's logs of " + PodFacts.SIDECAR
                            + " say why it is not");
        }
        List<String> errors = TYPES.stream()
                .filter(type -> row.get().has(type + "_error"))
                .map(type -> type + ": " + Json.text(row.get(), type + "_error"))
                .sorted()
                .toList();
        if (!errors.isEmpty()) {
            return Link.broken(
                    "sync",
                    "the proxy has refused what it was sent: " + String.join("; ", errors),
                    "a configuration that it takes",
                    "kubectl get the resource that is named, or lateen proxy-status " + pod.fullName());
        }
        List<String> stale = TYPES.stream()
                .filter(type -> !Json.text(row.get(), type + "_sent").equals(Json.text(row.get(), type + "_acked")))
                .sorted()
                .toList();
        return stale.isEmpty()
                ? Link.holds("sync", "the proxy holds what the control plane has sent")
                : Link.doubtful(
                        "sync",
                        "sent and not yet acknowledged: " + String.join(", ", stale),
                        "look again in some seconds; lateen proxy-status " + pod.fullName() + " shows the difference");
    }

    /// Whether a NetworkPolicy is why a proxy reaches nobody.
    private String egressTrouble() {
        NetworkPolicies policies = NetworkPolicies.of(picture.networkPolicies(), pod);
        NetworkPolicies.Peer controlPlane = new NetworkPolicies.Peer(
                Map.of("kubernetes.io/metadata.name", picture.systemNamespace()),
                picture.controlPlanes().stream()
                        .findFirst()
                        .map(PodFacts::labels)
                        .orElse(Map.of("app", "istiod")),
                picture.systemNamespace().equals(picture.namespace()));
        return policies.keepsFrom(controlPlane, XDS_PORT, "TCP")
                .map(names -> "; NetworkPolicy " + names + " lets it not reach the control plane's port " + XDS_PORT)
                .orElse("");
    }

    private Link policy() {
        List<JsonNode> policies = picture.mesh().authorizationOf(pod.fullName());
        Optional<JsonNode> closed =
                policies.stream().filter(ChainCheck::deniesAll).findFirst();
        if (closed.isPresent()) {
            return Link.broken(
                    "policy",
                    "AuthorizationPolicy " + MeshPages.shown(closed.get()) + " denies every request",
                    "a rule that allows the callers that are meant",
                    "lateen x authz check " + pod.fullName()
                            + ", and lateen can CLIENT GET SERVICE/PATH for one request");
        }
        String mode = picture.mesh()
                .authenticationOf(pod.fullName(), 0)
                .map(one -> "mutual TLS " + Json.text(one, "mode")
                        + (one.has("policy") ? " by PeerAuthentication " + Json.text(one, "policy") : ""))
                .orElse("mutual TLS as the mesh has it");
        String names = policies.isEmpty()
                ? "no AuthorizationPolicy"
                : "AuthorizationPolicy "
                        + policies.stream().map(MeshPages::named).collect(Collectors.joining(", "));
        List<String> problems = problems();
        return problems.isEmpty()
                ? Link.holds("policy", mode + ", " + names)
                : Link.doubtful("policy", mode + ", " + names + "\n    " + String.join("\n    ", problems), "");
    }

    /// An allowing policy without rules, or a denying one with a rule that matches all, and on all workloads or this.
    static boolean deniesAll(JsonNode policy) {
        List<JsonNode> rules = Json.items(policy, "spec", "rules");
        String action = Json.text(policy, "spec", "action");
        boolean onTrial =
                Json.text(policy, "metadata", "annotations", "istio.io/dry-run").equals("true");
        boolean all = action.equals("DENY")
                ? rules.stream().anyMatch(JsonNode::isEmpty)
                : (action.isEmpty() || action.equals("ALLOW")) && rules.isEmpty();
        return all && !onTrial;
    }

    /// What the control plane complains about in the namespace's own resources.
    private List<String> problems() {
        return picture.mesh().status().stream()
                .filter(one -> Json.text(one, "namespace").equals(picture.namespace()))
                .flatMap(one -> Json.items(one, "diagnostics").stream()
                        .filter(problem -> !Json.text(problem, "severity").equals("info"))
                        .map(problem -> Json.text(one, "kind") + " " + Json.text(one, "name") + ": "
                                + Json.text(problem, "severity") + ": " + Json.text(problem, "message")))
                .distinct()
                .toList();
    }

    private Link networkPolicy() {
        NetworkPolicies policies = NetworkPolicies.of(picture.networkPolicies(), pod);
        if (policies.none()) {
            return Link.holds("NetworkPolicy", "none selects the pod");
        }
        for (JsonNode service : ServicePorts.of(picture.services(), pod)) {
            for (JsonNode port : Json.items(service, "spec", "ports")) {
                Optional<Integer> target = ServicePorts.target(port, pod);
                Optional<String> closed = target.flatMap(policies::closedTo);
                if (closed.isPresent()) {
                    return Link.broken(
                            "NetworkPolicy",
                            closed.get() + " lets nobody in at port " + target.get() + ", to which Service "
                                    + Json.text(service, "metadata", "name") + " leads",
                            "an ingress rule for that port: the port itself, as mutual TLS changes none",
                            "kubectl -n " + picture.namespace() + " get networkpolicies -o yaml");
                }
            }
        }
        String egress = egressTrouble();
        return egress.isEmpty()
                ? Link.holds("NetworkPolicy", policies.names() + " leaves the mesh's ways open")
                : Link.broken(
                        "NetworkPolicy",
                        policies.names() + egress,
                        "an egress rule for TCP port " + XDS_PORT + " in namespace " + picture.systemNamespace(),
                        "kubectl -n " + picture.namespace() + " get networkpolicies -o yaml");
    }

    private Link service() {
        List<JsonNode> services = ServicePorts.of(picture.services(), pod);
        if (services.isEmpty()) {
            return Link.doubtful(
                    "service",
                    "no Service of namespace " + picture.namespace() + " selects the pod by its labels " + pod.labels(),
                    "a workload that is called needs one: compare spec.selector with these labels");
        }
        return new EndpointLink(picture).of(services);
    }

    private String restart() {
        String owner = Json.items(pod.object(), "metadata", "ownerReferences").stream()
                .map(one -> Json.text(one, "kind"))
                .findFirst()
                .orElse("");
        String workload = pod.name().replaceFirst("-[^-]+-[^-]+$", "");
        return switch (owner) {
            case "ReplicaSet" -> "kubectl -n " + picture.namespace() + " rollout restart deployment/" + workload;
            case "" -> "delete the pod and create it again";
            default -> "kubectl -n " + picture.namespace() + " delete pod " + pod.name();
        };
    }
}
