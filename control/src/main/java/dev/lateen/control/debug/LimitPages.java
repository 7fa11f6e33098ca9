package dev.lateen.control.debug;

import dev.lateen.control.ratelimit.LimitStats;
import dev.lateen.control.ratelimit.LimitStore;
import dev.lateen.control.ratelimit.MeshLimiter;
import dev.lateen.translate.policy.LimitRule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `ratelimitz`: the limits that are counted for the whole mesh, and their counters.
///
/// Limits: the 100 counters of a rule with most use, unless `most` says otherwise, and never more than 10,000.
///
/// Thread: any; blocks where counters are elsewhere.
final class LimitPages {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SHOWN = 100;
    private static final int MOST_SHOWN = 10_000;

    private final MeshLimiter limiter;

    LimitPages(MeshLimiter limiter) {
        this.limiter = limiter;
    }

    /// @param query `rule`: only this one; `kind`: only rules of this kind, such as `Quota`; `most`: counters of a rule
    JsonNode limits(Map<String, String> query) {
        LimitStats stats = limiter.stats();
        ObjectNode page = JSON.createObjectNode()
                .put("counters", limiter.store().size())
                .put("evictedCounters", stats.evictedCounters())
                .put("unknownDescriptors", stats.unknownDescriptors())
                .put("refusedCallers", stats.refusedCallers())
                .put("unavailableAnswers", stats.unavailableAnswers())
                .put("ignoredOverrides", stats.ignoredOverrides());
        ArrayNode rules = page.putArray("rules");
        Map<String, LimitStats.Numbers> numbers = stats.rules();
        new TreeMap<>(limiter.rules()).forEach((id, rule) -> {
            boolean wanted = query.getOrDefault("rule", id).equals(id) && id.startsWith(query.getOrDefault("kind", ""));
            if (wanted) {
                add(rules.addObject(), rule, numbers.get(id), most(query));
            }
        });
        return page;
    }

    private static int most(Map<String, String> query) {
        try {
            return Math.clamp(Integer.parseInt(query.getOrDefault("most", "")), 0, MOST_SHOWN);
        } catch (NumberFormatException _) {
            return SHOWN;
        }
    }

    private void add(
            ObjectNode json, LimitRule rule, LimitStats.@org.jspecify.annotations.Nullable Numbers numbers, int most) {
        json.put("rule", rule.id())
                .put("algorithm", rule.algorithm().name())
                .put("requests", rule.requests())
                .put("window", rule.window().toString())
                .put("shadow", rule.shadow());
        rule.calendar()
                .ifPresent(calendar -> json.put("calendar", calendar.unit().name())
                        .put("zone", calendar.zone().getId()));
        if (numbers != null) {
            json.put("admitted", numbers.admitted())
                    .put("refused", numbers.refused())
                    .put("overInShadow", numbers.shadow())
                    .put("questions", numbers.questions())
                    .put("leases", numbers.leases())
                    .put("leased", numbers.leased());
        }
        ArrayNode counters = json.putArray("counters");
        for (LimitStore.Usage usage : limiter.store().usage(rule.id(), most)) {
            List<String> values = usage.key().values();
            ObjectNode counter = counters.addObject()
                    .put(
                            "limit",
                            rule.requestsFor(values.stream()
                                    .map(value -> value.substring(value.indexOf('=') + 1))
                                    .toList()))
                    .put("used", usage.used());
            values.forEach(counter.putArray("values")::add);
            if (usage.untilMillis() > 0) {
                counter.put("until", Instant.ofEpochMilli(usage.untilMillis()).toString());
            }
        }
    }

    /// `ratelimitz/reset`: lets counters begin anew.
    ///
    /// @param query `rule`, and `values` where it is about one counter: as the page shows them, joined by commas
    Optional<JsonNode> reset(Map<String, String> query) {
        String rule = query.getOrDefault("rule", "");
        if (!limiter.rules().containsKey(rule)) {
            return Optional.empty();
        }
        Optional<List<String>> values =
                Optional.ofNullable(query.get("values")).map(text -> Arrays.asList(text.split(",", -1)));
        return Optional.of(JSON.createObjectNode().put("reset", limiter.store().reset(rule, values)));
    }
}
