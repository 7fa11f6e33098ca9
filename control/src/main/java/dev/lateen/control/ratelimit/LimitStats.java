package dev.lateen.control.ratelimit;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What the service has done since it started.
///
/// Limits: numbers of rules that are gone are forgotten with the next change of rules. Thread: any.
public final class LimitStats {
    private final Map<String, OfRule> rules = new ConcurrentHashMap<>();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder strangers = new LongAdder();
    private final LongAdder unavailable = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder overrides = new LongAdder();

    /// The numbers of one rule.
    static final class OfRule {
        final LongAdder admitted = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder shadow = new LongAdder();
        final LongAdder leased = new LongAdder();
        final LongAdder leases = new LongAdder();
        final LongAdder questions = new LongAdder();
    }

    /// @param admitted hits, those of leases included
    /// @param refused hits, as far as proxies have told
    /// @param shadow hits over the limit of a rule that only watches
    /// @param leased hits granted ahead
    public record Numbers(long admitted, long refused, long shadow, long leased, long leases, long questions) {}

    OfRule of(String rule) {
        return rules.computeIfAbsent(rule, _ -> new OfRule());
    }

    void keepOnly(java.util.Set<String> known) {
        rules.keySet().retainAll(known);
    }

    void unknown() {
        unknown.increment();
    }

    void stranger() {
        strangers.increment();
    }

    void unavailable() {
        unavailable.increment();
    }

    void ignoredOverride() {
        overrides.increment();
    }

    void evicted(long count) {
        evicted.add(count);
    }

    public Map<String, Numbers> rules() {
        Map<String, Numbers> all = new HashMap<>();
        rules.forEach((rule, numbers) -> all.put(
                rule,
                new Numbers(
                        numbers.admitted.sum(),
                        numbers.refused.sum(),
                        numbers.shadow.sum(),
                        numbers.leased.sum(),
                        numbers.leases.sum(),
                        numbers.questions.sum())));
        return all;
    }

    /// Descriptors that no rule knows.
    public long unknownDescriptors() {
        return unknown.sum();
    }

    /// Callers who have not proved who they are, or asked about rules that are not theirs.
    public long refusedCallers() {
        return strangers.sum();
    }

    /// Questions without an answer, since the counters could not be reached.
    public long unavailableAnswers() {
        return unavailable.sum();
    }

    /// Descriptors with a limit of their own, which does not count here.
    public long ignoredOverrides() {
        return overrides.sum();
    }

    /// Counters that made room for others although they still counted something.
    public long evictedCounters() {
        return evicted.sum();
    }
}
