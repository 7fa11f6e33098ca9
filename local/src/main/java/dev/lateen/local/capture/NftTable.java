package dev.lateen.local.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One table for `nft -f` in the making: its chains, of which only those are written that have rules or are jumped to,
/// and its rules in their order. Thread: one.
final class NftTable {
    /// How our tables' names begin.
    static final String OWN = "istio-proxy-";

    private static final String JUMP = " jump ";

    private final String table;
    private final List<String> chains;
    private final List<String> rules = new ArrayList<>();
    private final Map<String, Integer> used = new HashMap<>();

    /// @param chains with what they are hooked to, in the order in which they are written
    NftTable(String name, List<String> chains) {
        this.table = "inet " + OWN + name;
        this.chains = chains;
    }

    void add(String chain, String rule) {
        rules.add("add rule " + table + " " + chain + " " + rule);
        count(chain, rule);
    }

    /// Before the rule at that place; at the chain's end where it has not so many.
    void insert(String chain, int index, String rule) {
        if (index >= used.getOrDefault(chain, 0)) {
            add(chain, rule);
            return;
        }
        rules.add("insert rule " + table + " " + chain + " index " + index + " " + rule);
        count(chain, rule);
    }

    private void count(String chain, String rule) {
        used.merge(chain, 1, Integer::sum);
        int jump = rule.indexOf(JUMP);
        if (jump >= 0) {
            used.putIfAbsent(rule.substring(jump + JUMP.length()), 0);
        }
    }

    /// Nothing where there are no rules.
    List<String> lines() {
        if (rules.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of("add table " + table, "flush table " + table));
        for (String chain : chains) {
            if (used.containsKey(chain.replaceAll(" .*", ""))) {
                lines.add("add chain " + table + " " + chain);
            }
        }
        lines.addAll(rules);
        return lines;
    }
}
