package dev.lateen.control.workload;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/// What the annotations of an entry say of the connection behind it.
///
/// Thread: any (immutable).
///
/// @param group that it was made from; empty where nobody registered it
/// @param controller the control plane that holds, or held, the connection
/// @param connectedAt since when, while there is one
/// @param disconnectedAt since when there is none
///
/// Source: Istio's annotations of auto-registered WorkloadEntries.
record EntryState(String group, String controller, Optional<Instant> connectedAt, Optional<Instant> disconnectedAt) {
    static final String GROUP = "istio.io/autoRegistrationGroup";
    static final String CONTROLLER = "istio.io/workloadController";
    static final String CONNECTED = "istio.io/connectedAt";
    static final String DISCONNECTED = "istio.io/disconnectedAt";

    static EntryState of(Map<String, String> annotations) {
        return new EntryState(
                annotations.getOrDefault(GROUP, ""),
                annotations.getOrDefault(CONTROLLER, ""),
                time(annotations, CONNECTED),
                time(annotations, DISCONNECTED));
    }

    /// Nobody but those who register entries may change one.
    boolean isRegistered() {
        return !group.isEmpty();
    }

    private static Optional<Instant> time(Map<String, String> annotations, String name) {
        try {
            return Optional.ofNullable(annotations.get(name)).map(Instant::parse);
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}
