package dev.lateen.model.validate;

import dev.lateen.model.mesh.Topology;
import java.util.HashSet;
import java.util.Set;

/// Istio's rules for a `loadBalancer`. Thread: any.
final class LoadBalancerRules {
    private static final int LARGEST_TABLE = 5_000_011;
    private static final Set<String> PLACES = Set.of(
            Topology.REGION,
            "failure-domain.beta.kubernetes.io/region",
            Topology.ZONE,
            "failure-domain.beta.kubernetes.io/zone",
            Topology.SUBZONE);

    private LoadBalancerRules() {}

    /// @param ejects whether outlier detection stands beside it, without which failover never happens
    static void check(View balancer, boolean ejects) {
        balancer.object("consistentHash").ifPresent(LoadBalancerRules::consistentHash);
        balancer.object("localityLbSetting").ifPresent(setting -> locality(setting, ejects));
        balancer.object("zoneAwareLbSetting").ifPresent(setting -> {
            zoneAware(setting, ejects);
            aimless(balancer, setting);
        });
        if (balancer.has("localityLbSetting") && balancer.has("zoneAwareLbSetting")) {
            balancer.error(
                    "zoneAwareLbSetting",
                    "conflict",
                    "localityLbSetting and zoneAwareLbSetting exclude each other",
                    "one of them; zoneAwareLbSetting finds the shares of zones by itself");
        }
        balancer.object("warmup").ifPresent(LoadBalancerRules::warmup);
        Checks.duration(balancer, "warmupDurationSecs");
        if (balancer.has("warmup") && balancer.has("warmupDurationSecs")) {
            balancer.error("warmupDurationSecs", "oneof", "only one of warmup and warmupDurationSecs can be set");
        }
    }

    private static void consistentHash(View hash) {
        if (hash.number("minimumRingSize") != 0) {
            hash.warning("minimumRingSize", "deprecated", "minimumRingSize is deprecated here", "use ringHash");
        }
        if (hash.number("minimumRingSize") != 0 && hash.hasAny("ringHash", "maglev")) {
            hash.error("minimumRingSize", "oneof", "only one of minimumRingSize, ringHash and maglev can be set");
        }
        hash.object("httpCookie").ifPresent(LoadBalancerRules::cookie);
        hash.object("maglev").ifPresent(maglev -> {
            long size = maglev.number("tableSize");
            if (!isPrime(size) || size >= LARGEST_TABLE) {
                maglev.error(
                        "tableSize",
                        "out-of-range",
                        "table size is not usable",
                        "a prime number below " + LARGEST_TABLE);
            }
        });
    }

    private static void cookie(View cookie) {
        if (!cookie.filled("name")) {
            cookie.error("name", "missing-required", "cookie has no name");
        }
        if (cookie.duration("ttl").map(ttl -> ttl.isNegative()).orElse(false)) {
            cookie.error("ttl", "out-of-range", "must not be negative", "0s or more");
        }
        Set<String> names = new HashSet<>();
        for (View attribute : cookie.objects("attributes")) {
            if (!attribute.filled("name")) {
                attribute.error("name", "missing-required", "cookie attribute has no name");
            } else if (!names.add(attribute.text("name"))) {
                attribute.error("name", "duplicate", "cookie attribute is given twice");
            }
        }
    }

    private static boolean isPrime(long number) {
        if (number < 2 || number > LARGEST_TABLE) {
            return false;
        }
        for (long divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    private static void warmup(View warmup) {
        if (!warmup.has("duration")) {
            warmup.error("duration", "missing-required", "warm-up has no duration");
        }
        Checks.duration(warmup, "duration");
        if (warmup.decimal("minimumPercent") < 0 || warmup.decimal("minimumPercent") > 100) {
            warmup.error("minimumPercent", "out-of-range", "not a percentage", "0 to 100");
        }
        if (warmup.has("aggression") && warmup.decimal("aggression") < 1) {
            warmup.error("aggression", "out-of-range", "aggression is too small", "1 or more");
        }
    }

    static void locality(View setting, boolean ejects) {
        boolean distributes = setting.size("distribute") > 0;
        boolean failsOver = setting.size("failover") > 0;
        if (distributes && failsOver) {
            setting.error("failover", "conflict", "distribute and failover exclude each other");
        }
        if (distributes && setting.size("failoverPriority") > 0) {
            setting.error("failoverPriority", "conflict", "distribute and failoverPriority exclude each other");
        }
        setting.objects("distribute").forEach(LoadBalancerRules::distribute);
        failover(setting, ejects);
    }

    static void zoneAware(View setting, boolean ejects) {
        for (Spot label : setting.items("failoverPriority")) {
            String key = label.value().split("=", 2)[0];
            if (PLACES.contains(key)) {
                setting.report()
                        .error(
                                label,
                                "bad-value",
                                "regions and zones are preferred anyway",
                                "labels that do not say where an endpoint runs");
            }
        }
        failover(setting, ejects);
    }

    /// Who hashes, or sends where the client wanted to go, does not ask for zones.
    private static void aimless(View balancer, View setting) {
        boolean passes = balancer.text("simple").equals("PASSTHROUGH");
        if ((passes || balancer.has("consistentHash")) && (!setting.has("enabled") || setting.flag("enabled"))) {
            balancer.warning(
                    "zoneAwareLbSetting",
                    "ineffective",
                    "zones do not count with " + (passes ? "PASSTHROUGH" : "consistentHash"),
                    "simple: LEAST_REQUEST, ROUND_ROBIN or RANDOM");
        }
    }

    private static void failover(View setting, boolean ejects) {
        boolean failsOver = setting.size("failover") > 0;
        if ((failsOver || setting.size("failoverPriority") > 0) && !ejects) {
            setting.warning(
                    failsOver ? "failover" : "failoverPriority",
                    "ineffective",
                    "failover needs outlierDetection to notice failures",
                    "add outlierDetection to the same policy");
        }
        for (View failover : setting.objects("failover")) {
            region(failover, "from");
            region(failover, "to");
            if (failover.filled("from") && failover.text("from").equals(failover.text("to"))) {
                failover.error("to", "conflict", "a region cannot take over from itself");
            }
        }
    }

    private static void region(View failover, String field) {
        String region = failover.text(field);
        if (region.isEmpty() || region.contains("*") || region.contains("/")) {
            failover.error(field, "bad-format", "not a region", "a region, without zone and wildcard");
        }
    }

    private static void distribute(View distribute) {
        localityName(distribute.report(), distribute.spot("from"));
        long total = 0;
        Set<String> seen = new HashSet<>();
        for (View.Entry target : distribute.entries("to")) {
            localityName(distribute.report(), target.key());
            for (String other : seen) {
                if (overlap(other, target.key().value())) {
                    distribute.report().error(target.key(), "duplicate", "locality overlaps with '" + other + "'");
                }
            }
            seen.add(target.key().value());
            long weight = longOf(target.value().value());
            if (weight < 1 || weight > 100) {
                distribute.report().error(target.value(), "out-of-range", "share is out of range", "1 to 100");
            }
            total += weight;
        }
        if (total != 100) {
            distribute.error("to", "bad-weights", "the shares sum up to " + total, "a sum of 100");
        }
    }

    private static boolean overlap(String left, String right) {
        String[] first = left.split("/", -1);
        String[] second = right.split("/", -1);
        for (int index = 0; index < Math.min(first.length, second.length); index++) {
            boolean wild = first[index].equals("*") || second[index].equals("*");
            if (wild) {
                return true;
            }
            if (!first[index].equals(second[index])) {
                return false;
            }
        }
        return true;
    }

    private static void localityName(Report report, Spot spot) {
        String[] parts = spot.value().split("/", -1);
        boolean fits = parts.length <= 3;
        for (int index = 0; index < parts.length; index++) {
            boolean lastWildcard = parts[index].equals("*") && index == parts.length - 1;
            fits &= !parts[index].isEmpty() && (lastWildcard || !parts[index].contains("*"));
        }
        if (!fits) {
            report.error(spot, "bad-format", "not a locality", "region/zone/subzone, of which the last may be *");
        }
    }

    private static long longOf(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
