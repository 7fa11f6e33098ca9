package dev.lateen.model.validate;

import dev.lateen.model.resource.ResourceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What VirtualServices and DestinationRules refer to: hosts, subsets, gateways, delegates. Thread: any one.
final class RouteReferences {
    private static final String NETWORKING = "networking.istio.io";

    private final References references;
    private final MeshIndex index;

    RouteReferences(References references) {
        this.references = references;
        this.index = references.index();
    }

    void virtualService(ResourceKey key, View spec) {
        gateways(key, spec);
        for (Spot host : spec.items("hosts")) {
            alias(
                    host,
                    MeshIndex.fullHost(host.value(), key.namespace()),
                    "sidecars follow the routes of that service instead, but for its full name on port 80");
        }
        for (View route : spec.objects("http")) {
            for (View match : route.objects("match")) {
                gateways(key, match);
            }
            route.object("mirror").ifPresent(mirror -> destination(key, mirror));
            route.objects("mirrors").forEach(mirror -> weighted(key, mirror));
            route.objects("route").forEach(weighted -> weighted(key, weighted));
            route.object("delegate").ifPresent(delegate -> delegate(key, delegate));
        }
        for (String field : List.of("tls", "tcp")) {
            for (View route : spec.objects(field)) {
                route.objects("route").forEach(weighted -> weighted(key, weighted));
            }
        }
    }

    void destinationRule(ResourceKey key, View spec) {
        String host = references.host(spec.spot("host"), key.namespace());
        alias(spec.spot("host"), host, "the rule has no effect");
        Map<String, String> selector = index.selectorOf(host);
        for (View subset : spec.objects("subsets")) {
            Map<String, String> labels = MeshIndex.textMap(subset, "labels");
            boolean known = !selector.isEmpty() && index.anyWorkload("", selector);
            Map<String, String> both = new HashMap<>(selector);
            both.putAll(labels);
            if (known && !index.anyWorkload("", both)) {
                references
                        .report()
                        .warning(
                                subset.spot("labels"),
                                "selects-nothing",
                                "no workload of " + host + " carries the labels of subset '" + subset.text("name")
                                        + "'",
                                "requests to the subset will fail with 503");
            }
        }
    }

    /// Sidecars know an alias as a further name of the service behind it alone.
    private void alias(Spot spot, String host, String what) {
        if (!index.isAlias(host)) {
            return;
        }
        String behind = index.behind(host);
        references
                .report()
                .warning(
                        spot,
                        "alias",
                        behind.equals(host)
                                ? "the aliases of this host lead round in a circle; nothing answers for them"
                                : "this host is an alias of " + behind + "; " + what,
                        "name " + (behind.equals(host) ? "a service" : behind) + " here");
    }

    private void weighted(ResourceKey key, View weighted) {
        weighted.object("destination").ifPresent(destination -> destination(key, destination));
    }

    private void destination(ResourceKey key, View destination) {
        String host = index.behind(references.host(destination.spot("host"), key.namespace()));
        if (!destination.filled("subset")) {
            return;
        }
        Optional<Set<String>> subsets = index.subsets(host);
        boolean there =
                subsets.map(names -> names.contains(destination.text("subset"))).orElse(false);
        if (!there) {
            boolean certain = subsets.isPresent() || index.knowsHost(host);
            references.missing(
                    destination.spot("subset"),
                    "no DestinationRule for " + host + " has this subset",
                    certain,
                    subsets.orElse(Set.of()),
                    subsets.filter(names -> !names.isEmpty())
                            .map(names -> "there are: "
                                    + String.join(", ", names.stream().sorted().toList()))
                            .orElse("add a DestinationRule with the subset"));
        }
    }

    private void gateways(ResourceKey key, View holder) {
        for (Spot gateway : holder.items("gateways")) {
            int slash = gateway.value().indexOf('/');
            boolean legacy = slash < 0 && gateway.value().contains(".");
            if (gateway.value().equals(GatewayNames.MESH) || legacy) {
                continue;
            }
            String namespace = slash < 0 ? key.namespace() : gateway.value().substring(0, slash);
            String name = gateway.value().substring(slash + 1);
            if (index.find("Gateway", NETWORKING, namespace, name).isEmpty()) {
                references.missing(
                        gateway,
                        "there is no gateway '" + name + "' in namespace '" + namespace + "'",
                        index.hasKind("Gateway"),
                        index.names("Gateway", NETWORKING, namespace).stream()
                                .map(found -> slash < 0 ? found : namespace + "/" + found)
                                .toList(),
                        "add the Gateway, or write namespace/name");
            }
        }
    }

    private void delegate(ResourceKey key, View delegate) {
        String namespace = delegate.filled("namespace") ? delegate.text("namespace") : key.namespace();
        if (delegate.filled("name")
                && index.find("VirtualService", NETWORKING, namespace, delegate.text("name"))
                        .isEmpty()) {
            references.missing(
                    delegate.spot("name"),
                    "there is no VirtualService of this name in namespace '" + namespace + "'",
                    true,
                    index.names("VirtualService", NETWORKING, namespace),
                    "add a VirtualService without hosts");
        }
    }
}
