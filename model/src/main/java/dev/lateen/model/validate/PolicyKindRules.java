package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Rules for rate limits and quotas. Thread: any.
final class PolicyKindRules {
    private static final Duration LONGEST_WINDOW = Duration.ofHours(24);
    private static final int MOST_KEYS = 4;
    private static final int MOST_RULES = 64;

    private PolicyKindRules() {}

    static void rateLimit(View spec) {
        attachment(spec);
        boolean mesh = spec.text("scope").equals("MESH");
        if (!mesh && spec.has("onServiceLoss")) {
            spec.warning(
                    "onServiceLoss",
                    "no-effect",
                    "each proxy counts by itself, so that there is no service to lose",
                    "scope: MESH, or no onServiceLoss");
        }
        atLeastOne(spec, "rules", "a limit");
        atMost(spec, "rules", MOST_RULES);
        for (View rule : spec.objects("rules")) {
            rule.object("match").ifPresent(RequestMatchRules::check);
            keys(rule, "keys");
            rule.object("limit").ifPresent(limit -> limit(limit, mesh));
        }
    }

    private static void limit(View limit, boolean mesh) {
        limit.duration("window").ifPresent(window -> {
            if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
                limit.error(
                        "window",
                        "out-of-range",
                        "window is out of range",
                        "1s to 24h; for longer ones there is Quota");
            }
        });
        boolean sliding = limit.text("algorithm").equals("SLIDING_WINDOW");
        if (sliding && !mesh) {
            limit.error(
                    "algorithm",
                    "unsupported",
                    "proxies that count by themselves have token buckets only",
                    "scope: MESH, or algorithm: TOKEN_BUCKET");
        }
        if (sliding && limit.number("burst") != 0) {
            limit.error("burst", "conflict", "a sliding window has no bucket", "algorithm: TOKEN_BUCKET, or no burst");
        }
        if (limit.has("burst") && !sliding && limit.number("burst") < limit.number("requests") && mesh) {
            limit.warning(
                    "burst",
                    "small-burst",
                    "the bucket holds less than a window's requests, so that requests that come at once are refused early",
                    "at least requests");
        }
    }

    static void quota(View spec) {
        attachment(spec);
        spec.object("match").ifPresent(RequestMatchRules::check);
        atLeastOne(spec, "consumer", "what a consumer is");
        keys(spec, "consumer");
        if (spec.text("period").equals("PERIOD_UNSPECIFIED")) {
            spec.error("period", "missing-required", "period is missing", "HOUR, DAY, WEEK, MONTH or YEAR");
        }
        zone(spec);
        Set<List<String>> seen = new HashSet<>();
        for (View other : spec.objects("overrides")) {
            if (other.size("consumer") != spec.size("consumer")) {
                other.error(
                        "consumer",
                        "conflict",
                        "an override needs one value for each key of consumer",
                        spec.size("consumer") + " values");
            }
            List<String> values =
                    other.items("consumer").stream().map(Spot::value).toList();
            if (!seen.add(values)) {
                other.error("consumer", "duplicate", "this consumer is given twice");
            }
        }
    }

    private static void zone(View spec) {
        String zone = spec.text("timeZone");
        if (zone.isEmpty()) {
            return;
        }
        try {
            ZoneId.of(zone);
        } catch (DateTimeException _) {
            Spot spot = spec.spot("timeZone");
            spec.report()
                    .add(Diagnostic.error("bad-format", spot.at(), spot.path(), "time zone is not known")
                            .withValue(spot.shownValue())
                            .withExpected("an IANA name such as Europe/Berlin")
                            .withAdvice(Spelling.advice(zone, ZoneId.getAvailableZoneIds())));
        }
    }

    /// Which workloads a policy is for.
    static void attachment(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.targets(spec);
    }

    private static void keys(View holder, String field) {
        atMost(holder, field, MOST_KEYS);
        boolean templates = false;
        for (View key : holder.objects(field)) {
            if (key.isEmpty() && !key.mapping().fields().containsKey("identity")) {
                holder.report()
                        .error(
                                key.spot(),
                                "missing-required",
                                "key says nothing",
                                "one of identity, header, jwtClaim, pathTemplates, clientIp, constant");
            }
            if (key.has("header")) {
                RequestMatchRules.headerName(key.report(), key.spot("header"));
            }
            if (key.has("constant") && key.text("constant").isEmpty()) {
                key.error("constant", "bad-format", "value is empty");
            }
            if (key.has("jwtClaim")) {
                claim(key);
            }
            if (key.has("pathTemplates")) {
                if (templates) {
                    key.error("pathTemplates", "duplicate", "a rule can have templates once", "one list of templates");
                }
                templates = true;
                key.object("pathTemplates").ifPresent(PolicyKindRules::templates);
            }
        }
    }

    private static void templates(View paths) {
        atLeastOne(paths, "templates", "a template");
        atMost(paths, "templates", 16);
        paths.items("templates").forEach(path -> RequestMatchRules.path(paths.report(), path));
    }

    private static void claim(View key) {
        String claim = key.text("jwtClaim");
        boolean nested = claim.startsWith("[") && claim.endsWith("]") && claim.length() > 2;
        boolean plain = !claim.isEmpty() && !claim.contains("[") && !claim.contains("]");
        if (!nested && !plain) {
            key.error("jwtClaim", "bad-format", "not a claim", "a name such as sub, or [realm][tenant]");
        }
    }

    private static void atLeastOne(View view, String list, String what) {
        if (view.has(list) && view.size(list) == 0) {
            view.error(list, "missing-required", "list is empty", what);
        }
    }

    static void atMost(View view, String list, int most) {
        if (view.size(list) > most) {
            view.error(list, "out-of-range", "list is too long: " + view.size(list), "at most " + most);
        }
    }
}
