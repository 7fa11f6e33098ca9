package dev.lateen.dashboard.graph;

import dev.lateen.dashboard.graph.Flows.Flow;
import dev.lateen.dashboard.graph.Graph.Kind;
import dev.lateen.dashboard.graph.Inventory.Workload;
import dev.lateen.dashboard.traffic.EdgeKey.ServiceName;
import dev.lateen.dashboard.traffic.Party;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which node of a graph stands for a caller, a callee or a service.
///
/// Thread: any (immutable).
final class NodeNames {
    private final Inventory inventory;
    private final GraphQuery query;

    NodeNames(Inventory inventory, GraphQuery query) {
        this.inventory = inventory;
        this.query = query;
    }

    /// @param version empty where versions are not told apart
    record Name(Kind kind, String namespace, String name, String version) {
        static final Name UNKNOWN = new Name(Kind.UNKNOWN, "", "unknown", "");

        String id() {
            String type = kind == Kind.GATEWAY ? "workload" : kind.name().toLowerCase(java.util.Locale.ROOT);
            return type + "/" + namespace + "/" + name + (version.isEmpty() ? "" : "/" + version);
        }
    }

    Name caller(Party party) {
        if (!party.isKnown()) {
            return Name.UNKNOWN;
        }
        if (query.type() == GraphQuery.Type.SERVICE) {
            Workload workload = inventory.workloads().get(party.namespace() + "/" + party.workload());
            if (workload != null && !workload.gateway() && workload.services().size() == 1) {
                Inventory.Service service =
                        inventory.services().get(workload.services().iterator().next());
                if (service != null) {
                    return name(service);
                }
            }
            return workload(party);
        }
        return party(party);
    }

    Name callee(Flow flow) {
        boolean byService = query.type() == GraphQuery.Type.SERVICE;
        if (flow.service().isKnown() && (byService || !flow.destination().isKnown())) {
            return service(flow.service());
        }
        return flow.destination().isKnown() ? party(flow.destination()) : Name.UNKNOWN;
    }

    /// The service between a caller and a callee, where it is to be shown.
    Optional<Name> between(Flow flow) {
        return query.services()
                        && query.type() != GraphQuery.Type.SERVICE
                        && flow.service().isKnown()
                ? Optional.of(service(flow.service()))
                : Optional.empty();
    }

    /// All that there is, with traffic or not.
    List<Name> all() {
        List<Name> names = new ArrayList<>();
        if (query.type() == GraphQuery.Type.SERVICE || query.services()) {
            inventory.services().values().forEach(service -> names.add(name(service)));
        }
        if (query.type() != GraphQuery.Type.SERVICE) {
            for (Workload one : inventory.workloads().values()) {
                names.add(party(new Party(one.namespace(), one.name(), one.app(), one.version(), "")));
            }
        }
        return names;
    }

    /// The workloads that a node stands for.
    Set<String> workloads(Name name) {
        return switch (name.kind()) {
            case WORKLOAD, GATEWAY -> Set.of(name.namespace() + "/" + name.name());
            case SERVICE, EXTERNAL ->
                Optional.ofNullable(inventory.services().get(name.namespace() + "/" + name.name()))
                        .map(Inventory.Service::workloads)
                        .orElse(Set.of());
            case APP -> {
                Set<String> found = new java.util.TreeSet<>();
                inventory.workloads().forEach((key, one) -> {
                    boolean version = name.version().isEmpty() || one.version().equals(name.version());
                    if (version
                            && one.namespace().equals(name.namespace())
                            && one.app().equals(name.name())) {
                        found.add(key);
                    }
                });
                yield found;
            }
            case UNKNOWN -> Set.of();
        };
    }

    private Name party(Party party) {
        Workload known = inventory.workloads().get(party.namespace() + "/" + party.workload());
        if (query.type() == GraphQuery.Type.WORKLOAD || (known != null && known.gateway())) {
            return workload(party);
        }
        String app = party.app().isEmpty() ? party.workload() : party.app();
        String version = query.type() != GraphQuery.Type.VERSIONED_APP
                ? ""
                : party.version().isEmpty() ? "latest" : party.version();
        return new Name(Kind.APP, party.namespace(), app, version);
    }

    private Name workload(Party party) {
        Workload known = inventory.workloads().get(party.namespace() + "/" + party.workload());
        return new Name(
                known != null && known.gateway() ? Kind.GATEWAY : Kind.WORKLOAD,
                party.namespace(),
                party.workload(),
                "");
    }

    private Name service(ServiceName service) {
        Inventory.Service known = inventory.services().get(service.namespace() + "/" + service.name());
        return known != null ? name(known) : new Name(Kind.EXTERNAL, service.namespace(), service.name(), "");
    }

    private static Name name(Inventory.Service service) {
        return new Name(service.external() ? Kind.EXTERNAL : Kind.SERVICE, service.namespace(), service.name(), "");
    }
}
