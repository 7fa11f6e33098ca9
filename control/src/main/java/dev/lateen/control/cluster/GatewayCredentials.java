package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which secrets proxies may have: gateways those that a `Gateway`, an `Ingress` or, for what a gateway connects to, a
/// `DestinationRule` names as `credentialName`, in the namespaces of the pods that serve it; sidecars those of the
/// rules that select them, in their own namespace. No other secret is ever asked for.
///
/// Differs: in namespaces other than its own, the control plane may read them only where a RoleBinding allows it.
///
/// Thread: one at a time.
final class GatewayCredentials {
    private static final String PROXY = "istio-proxy";
    private static final String ROOTS = "-cacert";

    private final Map<String, Served> gateways = new HashMap<>();
    private final Map<String, Demanded> upstream = new HashMap<>();
    private final Map<String, Pod> pods = new HashMap<>();
    private final Supplier<IngressFacts.Credentials> ingresses;

    /// @param selector labels of the pods that serve it
    /// @param names of secrets
    private record Served(Map<String, String> selector, Set<String> names) {}

    /// By a rule.
    ///
    /// @param selector labels of the pods that the rule is for; empty: of all
    /// @param names of secrets
    private record Demanded(String namespace, Map<String, String> selector, Set<String> names) {
        boolean isFor(Pod pod, boolean gateway) {
            return selector.isEmpty()
                    ? gateway
                    : namespace.equals(pod.namespace())
                            && pod.labels().entrySet().containsAll(selector.entrySet());
        }
    }

    private record Pod(String namespace, Map<String, String> labels) {}

    /// @param ingresses what they name now; asked when there is news of them
    GatewayCredentials(Supplier<IngressFacts.Credentials> ingresses) {
        this.ingresses = ingresses;
    }

    /// One secret.
    record Name(String namespace, String name) {}

    /// @return whether `wanted` may have changed
    boolean onEvent(ClusterEvent event) {
        String key = event.namespace() + "/" + event.name();
        return switch (event.kind()) {
            case "Gateway" ->
                put(gateways, key, event instanceof ClusterEvent.Seen seen ? served(seen.object()) : null);
            case "DestinationRule" ->
                put(upstream, key, event instanceof ClusterEvent.Seen seen ? demanded(seen) : null);
            case "Pod" -> put(pods, key, event instanceof ClusterEvent.Seen seen ? pod(seen) : null);
            case "Ingress", "IngressClass", "ConfigMap" -> true;
            default -> false;
        };
    }

    Set<Name> wanted() {
        Set<Name> wanted = new LinkedHashSet<>();
        IngressFacts.Credentials ofIngresses = ingresses.get();
        for (Pod pod : pods.values()) {
            boolean serves =
                    pod.labels().entrySet().containsAll(ofIngresses.proxies().entrySet());
            if (serves) {
                ofIngresses.secrets().forEach(name -> wanted.add(new Name(pod.namespace(), name)));
            }
            for (Served gateway : gateways.values()) {
                if (pod.labels().entrySet().containsAll(gateway.selector().entrySet())) {
                    serves = true;
                    gateway.names().forEach(name -> wanted.add(new Name(pod.namespace(), name)));
                }
            }
            for (Demanded rule : upstream.values()) {
                if (rule.isFor(pod, serves)) {
                    rule.names().forEach(name -> wanted.add(new Name(pod.namespace(), name)));
                }
            }
        }
        return wanted;
    }

    /// What gateways need of a secret; the rest is not kept.
    static ObjectNode extract(ObjectNode secret) {
        ObjectNode data = Trees.object();
        for (String part : List.of("tls.crt", "tls.key", "ca.crt", "ca.crl", "cert", "key", "cacert", "crl")) {
            if (Trees.has(secret, "data", part)) {
                data.set(part, Trees.at(secret, "data", part));
            }
        }
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Trees.object(
                        "name",
                        Trees.text(secret, "metadata", "name"),
                        "namespace",
                        Trees.text(secret, "metadata", "namespace")),
                "type",
                Trees.text(secret, "type"),
                "data",
                data);
    }

    private static <T> boolean put(Map<String, T> known, String key, @Nullable T now) {
        return now == null ? known.remove(key) != null : !now.equals(known.put(key, now));
    }

    private static Served served(ObjectNode gateway) {
        Set<String> names = new HashSet<>();
        for (ObjectNode server : Trees.objects(gateway, "spec", "servers")) {
            List<String> chains = new ArrayList<>(Trees.texts(server, "tls", "credentialNames"));
            chains.add(Trees.text(server, "tls", "credentialName"));
            chains.forEach(name -> addWithRoots(names, name));
            addWithRoots(names, Trees.text(server, "tls", "caCertCredentialName"));
        }
        return new Served(texts(Trees.at(gateway, "spec", "selector")), names);
    }

    private static @Nullable Demanded demanded(ClusterEvent.Seen rule) {
        Set<String> names = new HashSet<>();
        for (JsonNode name : Trees.at(rule.object(), "spec").findValues("credentialName")) {
            addWithRoots(names, name.asString(""));
        }
        return names.isEmpty()
                ? null
                : new Demanded(
                        rule.namespace(),
                        texts(Trees.at(rule.object(), "spec", "workloadSelector", "matchLabels")),
                        names);
    }

    private static void addWithRoots(Set<String> names, String name) {
        if (!name.isEmpty()) {
            names.add(name);
            names.add(name + ROOTS);
        }
    }

    /// Null for pods without a proxy, which may be an ordinary container or one that starts before them.
    private static @Nullable Pod pod(ClusterEvent.Seen seen) {
        boolean proxy = Stream.of("containers", "initContainers")
                .flatMap(part -> Trees.names(Trees.objects(seen.object(), "spec", part)))
                .anyMatch(PROXY::equals);
        return proxy && !PodExtract.isOver(seen.object())
                ? new Pod(seen.namespace(), texts(Trees.at(seen.object(), "metadata", "labels")))
                : null;
    }

    private static Map<String, String> texts(JsonNode labels) {
        Map<String, String> texts = new TreeMap<>();
        labels.properties()
                .forEach(one -> texts.put(one.getKey(), one.getValue().asString("")));
        return texts;
    }
}
