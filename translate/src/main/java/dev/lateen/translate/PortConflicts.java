package dev.lateen.translate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Listeners on which services want what only one of them can have: the elder one has it.
///
/// Source: istiod's metrics `pilot_conflict_outbound_listener_*`, `pilot_conflict_inbound_listener`.
///
/// Thread: control loop.
final class PortConflicts {
    /// Who came late, and over whom.
    enum Kind {
        TCP_OVER_TCP,
        HTTP_OVER_TCP,
        TCP_OVER_HTTP,
        INBOUND
    }

    private final Map<Kind, Set<String>> listeners = new EnumMap<>(Kind.class);

    void add(Kind kind, String listener) {
        listeners.computeIfAbsent(kind, _ -> new TreeSet<>()).add(listener);
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    /// How many listeners of a kind there are in all of these; one that many proxies have counts once.
    static int count(Kind kind, List<PortConflicts> all) {
        Set<String> together = new TreeSet<>();
        all.forEach(one -> together.addAll(one.listeners.getOrDefault(kind, Set.of())));
        return together.size();
    }
}
