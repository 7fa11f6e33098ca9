package dev.lateen.control.workload;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What agents say of their applications. Each change moves traffic in the whole mesh: what is said twice changes
/// nothing,
/// and who changes his mind more often than once a second is heard once a second.
///
/// Thread: control loop.
final class HealthReports {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Map<EntryKey, Report> reports = new HashMap<>();

    /// @param unwell why it is not well; empty where it is
    /// @param told whether the entry says it
    /// @param toldAt when the entry was told something last
    private record Report(Optional<String> unwell, boolean told, Instant toldAt) {}

    /// The condition to be told now, if any.
    Optional<ObjectNode> said(EntryKey key, Optional<String> unwell, Instant now) {
        Report before = reports.get(key);
        if (before != null && before.unwell().equals(unwell)) {
            return Optional.empty();
        }
        if (before != null && now.isBefore(before.toldAt().plus(BETWEEN))) {
            reports.put(key, new Report(unwell, false, before.toldAt()));
            return Optional.empty();
        }
        reports.put(key, new Report(unwell, true, now));
        return Optional.of(EntryObjects.condition(unwell, now));
    }

    /// What waited for its time.
    Map<EntryKey, ObjectNode> due(Instant now) {
        Map<EntryKey, ObjectNode> due = new LinkedHashMap<>();
        reports.forEach((key, report) -> {
            if (!report.told() && !now.isBefore(report.toldAt().plus(BETWEEN))) {
                due.put(key, EntryObjects.condition(report.unwell(), now));
            }
        });
        due.keySet()
                .forEach(key -> reports.computeIfPresent(key, (_, report) -> new Report(report.unwell(), true, now)));
        return due;
    }

    /// For an entry that has to be made anew.
    Optional<ObjectNode> latest(EntryKey key, Instant now) {
        return Optional.ofNullable(reports.get(key)).map(report -> EntryObjects.condition(report.unwell(), now));
    }

    void forget(EntryKey key) {
        reports.remove(key);
    }
}
