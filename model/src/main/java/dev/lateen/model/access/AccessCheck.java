package dev.lateen.model.access;

import dev.lateen.model.access.AccessReport.Answer;
import dev.lateen.model.access.AccessReport.Step;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Selector;
import dev.lateen.model.istio.TargetRef;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.model.mesh.ServicePort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Whether a client may do something at a service, by the resources of the mesh.
///
/// It looks at mutual TLS, tokens and policies of the workloads behind the service. It does not look at routes: what a
/// VirtualService rewrites or sends elsewhere has to be asked for as the server gets it. A token is taken to have a
/// good signature and to be in time. Thread: any.
public final class AccessCheck {
    private static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    private final MeshSnapshot snapshot;

    public AccessCheck(MeshSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /// @throws IllegalArgumentException when the mesh has no such service or port, with those that it has
    public AccessReport report(AccessQuestion question) {
        MeshService service = service(question);
        ServicePort port = port(service, question.port());
        Optional<DestinationRule> rule = rule(service, question.client());
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (Endpoint endpoint : snapshot.endpointsOf(service.id())) {
            if (endpoint.servicePort().equals(port.name())) {
                String workload =
                        endpoint.owner().workload() + "." + endpoint.owner().namespace();
                Optional<ClientTls> tls = tls(rule, endpoint, port);
                answers.putIfAbsent(
                        workload + endpoint.labels(), answer(question, workload, endpoint, port, rule, tls));
            }
        }
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("no workload serves " + service.hostname() + ":" + port.port()
                    + " (expected: a workload with the labels " + service.selector() + ")");
        }
        String client = question.client().identity().isEmpty()
                ? question.client().name() + " (no identity)"
                : question.client().identity();
        return new AccessReport(
                client,
                question.method() + " " + service.hostname() + ":" + port.port()
                        + (isRequest(question, port) ? question.path() : ""),
                List.copyOf(answers.values()));
    }

    private Answer answer(
            AccessQuestion question,
            String workload,
            Endpoint endpoint,
            ServicePort port,
            Optional<DestinationRule> rule,
            Optional<ClientTls> tls) {
        List<Step> steps = new ArrayList<>();
        MutualTls met = MutualTls.of(snapshot, question.client(), endpoint, rule, tls);
        steps.add(met.step());
        if (met.problem().isPresent()) {
            return new Answer(
                    workload, false, "reset", met.by(), met.at(), met.step().outcome(), steps);
        }
        if (!endpoint.takesMutualTls()) {
            String because = "no proxy is there that could refuse anything";
            return new Answer(workload, true, "200", "", "", because, steps);
        }
        boolean http = isRequest(question, port);
        TokenCheck token = TokenCheck.of(
                snapshot.security().requestAuthentications().stream()
                        .filter(p -> applies(endpoint, p.metadata().namespace(), p.selector(), p.targetRefs()))
                        .toList(),
                http ? question.claims() : Map.of());
        if (http) {
            steps.add(token.step());
        }
        if (token.status().isPresent()) {
            String why = token.step().outcome();
            return new Answer(workload, false, token.status().get(), token.by(), token.at(), why, steps);
        }
        List<AuthorizationPolicy> policies = snapshot.security().authorizationPolicies().stream()
                .filter(p -> applies(endpoint, p.metadata().namespace(), p.selector(), p.targetRefs()))
                .toList();
        Seen seen = seen(question, endpoint, http, met.mutual(), token.claims());
        return new PolicyCheck(snapshot.mesh(), policies, seen, steps).answer(workload);
    }

    private static boolean isRequest(AccessQuestion question, ServicePort port) {
        boolean speaksHttp = port.protocol().isHttp() || port.protocol().isAuto();
        return speaksHttp && !question.method().equals(AccessQuestion.CONNECTION);
    }

    private static Seen seen(
            AccessQuestion question, Endpoint endpoint, boolean http, boolean mutual, Map<String, Object> claims) {
        String direct = question.from().isEmpty() ? question.client().address() : question.from();
        String host = question.headers().getOrDefault("host", question.service());
        return new Seen(
                http,
                mutual ? question.client().identity() : "",
                claims,
                direct,
                question.remote().isEmpty() ? direct : question.remote(),
                endpoint.address(),
                endpoint.port(),
                question.sni(),
                question.method(),
                host,
                question.path(),
                question.headers());
    }

    /// Policies of the root namespace hold everywhere, others in their own.
    private boolean applies(Endpoint endpoint, String namespace, Selector selector, List<TargetRef> refs) {
        boolean own = namespace.equals(endpoint.owner().namespace());
        if (refs.isEmpty()) {
            return (own || namespace.equals(snapshot.mesh().identity().rootNamespace()))
                    && selector.matches(endpoint.labels());
        }
        String gateway = endpoint.labels().getOrDefault(GATEWAY_NAME, "");
        return own
                && refs.stream().anyMatch(ref -> ref.isGateway() && ref.name().equals(gateway));
    }

    /// By its whole name, or by a shorter one as the client's namespace completes it.
    private MeshService service(AccessQuestion question) {
        String name = question.service();
        String suffix = snapshot.settings().shortNames();
        String namespace = question.client().namespace().isEmpty()
                ? "default"
                : question.client().namespace();
        List<String> hosts = List.of(
                name, Hostname.resolve(name, namespace, suffix), name + suffix, name + "." + namespace + suffix);
        for (String host : hosts) {
            Map<String, MeshService> found = snapshot.services().byNamespace(host);
            if (!found.isEmpty()) {
                return found.getOrDefault(namespace, found.values().iterator().next());
            }
        }
        TreeSet<String> known = new TreeSet<>();
        snapshot.services().all().forEach(service -> {
            known.add(service.hostname());
            known.add(service.name());
        });
        String advice = Spelling.advice(name, known);
        throw new IllegalArgumentException(
                "there is no service '" + name + "'" + (advice.isEmpty() ? "" : ": " + advice));
    }

    private static ServicePort port(MeshService service, int wanted) {
        if (service.ports().isEmpty()) {
            throw new IllegalArgumentException(service.hostname() + " has no ports");
        }
        if (wanted == 0) {
            return service.ports().getFirst();
        }
        return service.port(wanted)
                .orElseThrow(() -> new IllegalArgumentException(service.hostname() + " has no port " + wanted
                        + " (expected: one of "
                        + service.ports().stream().map(ServicePort::port).toList() + ")"));
    }

    private Optional<DestinationRule> rule(MeshService service, AccessClient client) {
        if (!client.proxied()) {
            return Optional.empty();
        }
        ProxyNode node = ProxyNode.parse(
                        "sidecar~~" + client.name() + "~" + client.namespace() + ".svc.cluster.local",
                        Map.of("NAMESPACE", client.namespace(), "LABELS", client.labels()),
                        Locality.NONE)
                .orElseThrow();
        return new ScopeResolver().resolve(snapshot, node).outbound().destinationRule(service, client.labels());
    }

    /// What holds for the endpoint: of a subset that it belongs to, if one says something of its own.
    private static Optional<ClientTls> tls(Optional<DestinationRule> rule, Endpoint endpoint, ServicePort port) {
        Optional<DestinationRule.Subset> subset = rule.flatMap(r -> r.subsets().stream()
                .filter(s -> s.trafficPolicy().flatMap(TrafficPolicy::tls).isPresent())
                .filter(s -> !s.labels().isEmpty()
                        && endpoint.labels().entrySet().containsAll(s.labels().entrySet()))
                .findFirst());
        return EffectivePolicy.of(rule, subset, port.port()).tls();
    }
}
