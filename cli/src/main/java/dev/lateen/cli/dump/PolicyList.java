package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The authorization policies that the listeners of a dump enforce.
public record PolicyList(List<Entry> entries) {
    private static final Pattern NAME = Pattern.compile("ns\\[(.+)]-policy\\[(.+)]-rule\\[(.+)]");
    private static final String NOTHING = "_anonymous_match_nothing_";
    private static final String ASKS = "istio-ext-authz-";
    private static final List<String> ORDER = List.of("CUSTOM", "DENY", "ALLOW", "AUDIT");

    /// One policy.
    ///
    /// @param policy `name.namespace`
    /// @param rules how many of its rules this proxy holds
    /// @param dryRun its verdicts are only recorded
    /// @param source `file:line`, empty where nobody tells
    public record Entry(String action, String policy, int rules, boolean dryRun, String source) {}

    private record Key(String action, String policy, boolean dryRun) {}

    /// @param places of policies as `file:line`, by `name.namespace`
    public static PolicyList of(ConfigDump dump, Map<String, String> places) {
        Map<Key, Set<String>> found = new TreeMap<>(Comparator.comparingInt((Key key) -> ORDER.indexOf(key.action()))
                .thenComparing(Key::policy)
                .thenComparing(Key::dryRun));
        for (JsonNode config : filters(dump)) {
            collect(config.path("rules"), false, found);
            collect(config.path("shadowRules"), true, found);
        }
        List<Entry> entries = new ArrayList<>();
        found.forEach((key, rules) -> entries.add(new Entry(
                key.action(), key.policy(), rules.size(), key.dryRun(), places.getOrDefault(key.policy(), ""))));
        return new PolicyList(entries);
    }

    private static List<JsonNode> filters(ConfigDump dump) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode listener : dump.listeners()) {
            Stream.concat(Json.items(listener, "filterChains").stream(), Stream.of(listener.path("defaultFilterChain")))
                    .flatMap(chain -> Json.items(chain, "filters").stream())
                    .map(filter -> filter.path("typedConfig"))
                    .flatMap(config -> Stream.concat(
                            Stream.of(config),
                            Json.items(config, "httpFilters").stream().map(inner -> inner.path("typedConfig"))))
                    .filter(config -> config.path("@type").asString("").endsWith(".rbac.v3.RBAC"))
                    .forEach(found::add);
        }
        return found;
    }

    private static void collect(JsonNode rules, boolean shadow, Map<Key, Set<String>> found) {
        if (!rules.isObject()) {
            return;
        }
        String action = action(rules.path("action").asString("ALLOW"));
        if (rules.path("policies").isEmpty()) {
            found.computeIfAbsent(new Key(action, NOTHING, shadow), _ -> new TreeSet<>())
                    .add("");
        }
        rules.path("policies").properties().forEach(policy -> {
            boolean asks = policy.getKey().startsWith(ASKS);
            Matcher name = NAME.matcher(policy.getKey());
            boolean ours = name.find();
            Key key = new Key(
                    asks ? "CUSTOM" : action,
                    ours ? name.group(2) + "." + name.group(1) : policy.getKey(),
                    shadow && !asks);
            found.computeIfAbsent(key, _ -> new TreeSet<>()).add(ours ? name.group(3) : "");
        });
    }

    private static String action(String word) {
        return switch (word) {
            case "LOG", "2" -> "AUDIT";
            case "DENY", "1" -> "DENY";
            default -> "ALLOW";
        };
    }

    public String table() {
        if (entries.isEmpty()) {
            return "No authorization policy is in force: this proxy lets everybody do everything.\n";
        }
        Table table = new Table(3, "ACTION", "AuthorizationPolicy", "RULES", "SOURCE");
        for (Entry entry : entries) {
            table.row(
                    entry.action() + (entry.dryRun() ? " (dry-run)" : ""),
                    entry.policy(),
                    Integer.toString(entry.rules()),
                    entry.source().isEmpty() ? "-" : entry.source());
        }
        return table.toString();
    }
}
