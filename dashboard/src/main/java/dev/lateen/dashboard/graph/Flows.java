package dev.lateen.dashboard.graph;

import dev.lateen.dashboard.graph.Inventory.Workload;
import dev.lateen.dashboard.traffic.EdgeKey;
import dev.lateen.dashboard.traffic.EdgeKey.Reporter;
import dev.lateen.dashboard.traffic.EdgeKey.ServiceName;
import dev.lateen.dashboard.traffic.Party;
import dev.lateen.dashboard.traffic.Tally;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Puts together what callers and callees report of the same traffic.
///
/// Thread: one.
final class Flows {
    /// Between whom, whoever reported it.
    record Flow(Party source, Party destination, ServiceName service, String protocol) {}

    private record Asked(Party source, ServiceName service) {}

    private record Reports(Tally source, Tally destination) {}

    private final Inventory inventory;

    Flows(Inventory inventory) {
        this.inventory = inventory;
    }

    Map<Flow, Sums> of(Map<EdgeKey, Tally> edges) {
        Map<Flow, Reports> reports = new LinkedHashMap<>();
        Set<Asked> served = new HashSet<>();
        edges.forEach((edge, tally) -> {
            Flow flow = flow(edge);
            Reports both = reports.computeIfAbsent(flow, _ -> new Reports(new Tally(), new Tally()));
            (edge.reporter() == Reporter.SOURCE ? both.source() : both.destination()).add(tally);
            if (flow.destination().isKnown()) {
                served.add(new Asked(flow.source(), flow.service()));
            }
        });
        Map<Flow, Sums> sums = new LinkedHashMap<>();
        reports.forEach((flow, both) -> {
            Sums sum = new Sums();
            Tally numbers = both.source().isEmpty() ? both.destination() : both.source();
            boolean elsewhere =
                    !flow.destination().isKnown() && served.contains(new Asked(flow.source(), flow.service()));
            // A caller that does not know who answered counts what the callee counts, too: but for what failed before.
            sum.add(elsewhere ? numbers.failures() : numbers, both.destination());
            if (!sum.isEmpty()) {
                sums.put(flow, sum);
            }
        });
        return sums;
    }

    Flow flow(EdgeKey edge) {
        Party source = named(edge.source());
        Party destination = named(edge.destination());
        return new Flow(source, destination, service(edge.service(), destination), edge.protocol());
    }

    /// Names of workloads as the mesh knows them; whoever is unknown may be known by its certificate.
    private Party named(Party party) {
        if (party.isKnown()) {
            return new Party(party.namespace(), party.workload(), party.app(), party.version(), "");
        }
        return inventory.byPrincipal(party.principal()).map(Flows::party).orElse(Party.UNKNOWN);
    }

    private static Party party(Workload workload) {
        return new Party(workload.namespace(), workload.name(), workload.app(), workload.version(), "");
    }

    /// Callers may go by another form of a host than the callee, which decides.
    private ServiceName service(ServiceName given, Party destination) {
        String key = given.namespace() + "/" + given.name();
        if (inventory.services().containsKey(key)) {
            return new ServiceName(
                    given.namespace(),
                    given.name(),
                    inventory.services().get(key).host());
        }
        for (Inventory.Service one : inventory.services().values()) {
            if (one.host().equals(given.host()) || one.host().equals(given.name())) {
                return new ServiceName(one.namespace(), one.name(), one.host());
            }
        }
        Workload behind = inventory.workloads().get(destination.namespace() + "/" + destination.workload());
        if (behind != null && behind.services().size() == 1) {
            Inventory.Service one =
                    inventory.services().get(behind.services().iterator().next());
            if (one != null) {
                return new ServiceName(one.namespace(), one.name(), one.host());
            }
        }
        return given;
    }
}
