package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.ingress.Ingress;
import dev.lateen.model.ingress.IngressSettings;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.tree.Node.Mapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The cluster's Ingresses that the mesh serves: which secrets their gateways show, and which of them do not say yet at
/// which addresses they are reached.
///
/// Thread: any; events come one at a time.
final class IngressFacts {
    static final String API_VERSION = "networking.k8s.io/v1";
    static final String KIND = "Ingress";

    private final String rootNamespace;
    private final Predicate<String> servesNamespace;
    private final ResourceParser parser = new ResourceParser(ParserSettings.DEFAULT);
    /// Ingresses, their classes and the mesh's settings.
    private final Map<String, RawResource> resources = new ConcurrentHashMap<>();
    /// What Ingresses say of their addresses.
    private final Map<String, JsonNode> shown = new ConcurrentHashMap<>();
    /// Addresses of Services beside the control plane, by name.
    private final Map<String, ArrayNode> services = new ConcurrentHashMap<>();

    private final GatewayNodes nodes;

    private volatile boolean changed;
    private volatile Served served = new Served(IngressSettings.of(Mapping.of(Map.of())), List.of());

    private record Served(IngressSettings settings, List<Ingress> ingresses) {}

    /// @param secrets where pods with these labels serve
    record Credentials(Map<String, String> proxies, Set<String> secrets) {}

    /// An Ingress that does not show these addresses.
    record Unshown(String namespace, String name, ArrayNode addresses) {}

    /// @param rootNamespace where the gateways are, and their Service
    IngressFacts(String rootNamespace, Predicate<String> servesNamespace) {
        this.rootNamespace = rootNamespace;
        this.servesNamespace = servesNamespace;
        this.nodes = new GatewayNodes(rootNamespace);
    }

    void onEvent(ClusterEvent event, boolean meshSettings) {
        nodes.onEvent(event);
        String kind = event.kind();
        if (kind.equals("Service") && event.namespace().equals(rootNamespace)) {
            service(event);
        } else if (kind.equals(KIND) || kind.equals("IngressClass") || meshSettings) {
            resource(event, meshSettings);
        }
    }

    private void service(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.Seen(var _, var _, var name, var object) -> services.put(name, addresses(object));
            case ClusterEvent.Gone(var _, var _, var name) -> services.remove(name);
        }
    }

    private void resource(ClusterEvent event, boolean meshSettings) {
        String key = event.kind() + "/" + event.namespace() + "/" + event.name();
        switch (event) {
            case ClusterEvent.Seen(var _, var _, var _, var object) -> {
                ObjectNode tree = meshSettings ? SettingsMaps.plain(object) : object.deepCopy();
                shown.put(key, Trees.at(tree, "status", "loadBalancer", "ingress"));
                tree.remove("status");
                parser.parse(tree.toString(), key).stream()
                        .filter(Valid.class::isInstance)
                        .map(Valid.class::cast)
                        .findFirst()
                        .ifPresent(valid -> resources.put(key, valid.resource()));
                changed = true;
            }
            case ClusterEvent.Gone _ -> {
                // Settings that somebody deletes stay in force.
                if (!meshSettings) {
                    resources.remove(key);
                    shown.remove(key);
                    changed = true;
                }
            }
        }
    }

    /// One at a time: who finds it changed must not be told what was before.
    private synchronized Served served() {
        if (changed) {
            changed = false;
            List<RawResource> known = List.copyOf(resources.values());
            IngressSettings settings =
                    IngressSettings.of(new MeshConfigReader().read(known).meshConfig());
            served = new Served(settings, Ingresses.served(known, settings));
        }
        return served;
    }

    private Stream<Ingress> inNamespaces(Served now) {
        return now.ingresses().stream()
                .filter(ingress -> servesNamespace.test(ingress.metadata().namespace()));
    }

    Credentials credentials() {
        Served now = served();
        Set<String> secrets = new HashSet<>();
        inNamespaces(now)
                .flatMap(ingress -> ingress.tls().stream())
                .map(Ingress.Tls::secretName)
                .filter(name -> !name.isEmpty())
                .forEach(secrets::add);
        return new Credentials(now.settings().proxies(), secrets);
    }

    /// Those whose status is to be written; none while it is not known where the gateways are reached.
    List<Unshown> unshown() {
        Served now = served();
        ArrayNode addresses = addresses(now.settings());
        List<Unshown> unshown = new ArrayList<>();
        if (!addresses.isEmpty()) {
            inNamespaces(now).forEach(ingress -> {
                String namespace = ingress.metadata().namespace();
                String name = ingress.metadata().name();
                if (!addresses.equals(shown.get(KIND + "/" + namespace + "/" + name))) {
                    unshown.add(new Unshown(namespace, name, addresses));
                }
            });
        }
        return unshown;
    }

    private ArrayNode addresses(IngressSettings settings) {
        return settings.service().isEmpty()
                ? nodes.addresses(settings.proxies().getOrDefault("istio", ""))
                : services.getOrDefault(settings.service(), Trees.array());
    }

    /// As an Ingress shows them.
    private static ArrayNode addresses(ObjectNode service) {
        List<ObjectNode> addresses = new ArrayList<>();
        if (Trees.text(service, "spec", "type").equals("ExternalName")) {
            addresses.add(Trees.object("hostname", Trees.text(service, "spec", "externalName")));
        }
        for (ObjectNode one : Trees.objects(service, "status", "loadBalancer", "ingress")) {
            String ip = Trees.text(one, "ip");
            addresses.add(
                    ip.isEmpty() ? Trees.object("hostname", Trees.text(one, "hostname")) : Trees.object("ip", ip));
        }
        Trees.texts(service, "spec", "externalIPs").forEach(ip -> addresses.add(Trees.object("ip", ip)));
        return Trees.array(addresses.stream().distinct().toList());
    }
}
