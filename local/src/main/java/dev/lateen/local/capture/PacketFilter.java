package dev.lateen.local.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Puts the interception rules into a network namespace, and takes them away again. Thread: any; blocks.
public final class PacketFilter {
    private static final List<String> TABLES = List.of("nat", "mangle", "raw");
    private static final String OWN_CHAIN = "ISTIO_";
    private static final int MOST_RULES_OF_ONE_MARK = 8;

    private PacketFilter() {}

    /// @param inside words in front of a command that make it run in the namespace; none for the one of this
    ///     process
    /// @throws IllegalStateException where the rules cannot be made, such as where they are there already
    public static void apply(List<String> inside, CapturePlan plan) {
        InterceptionSettings settings = plan.settings();
        if (plan.nftables()) {
            run(inside, List.of("nft", "-f", "-"), NftRules.of(settings, plan.mode()));
        } else {
            run(inside, restore("iptables"), InterceptionRules.ipv4(settings, plan.mode()));
            if (settings.ipv6()) {
                run(inside, restore("ip6tables"), InterceptionRules.ipv6(settings, plan.mode()));
            }
        }
        if (plan.mode().transparent()) {
            passOwn(inside, plan);
            for (String family : families(settings)) {
                run(
                        inside,
                        words("ip", family, "rule", "add", "fwmark", plan.mode().mark(), "lookup", plan.routeTable()));
                run(
                        inside,
                        words(
                                "ip",
                                family,
                                "route",
                                "add",
                                "local",
                                "default",
                                "dev",
                                "lo",
                                "table",
                                plan.routeTable()));
            }
        }
    }

    /// What the proxy sends to the application under the client's address must not come back to it: Istio's rules know
    /// such connections in `mangle` only, and would redirect them in `nat`.
    private static void passOwn(List<String> inside, CapturePlan plan) {
        String mark = plan.mode().mark();
        if (plan.nftables()) {
            String rule = "insert rule inet " + NftTable.OWN + "nat istio-output meta mark " + mark + " counter return";
            run(inside, words("nft", "-f", "-"), List.of(rule));
            return;
        }
        String rule = "-I ISTIO_OUTPUT 1 -p tcp -m mark --mark " + mark + " -j RETURN";
        run(inside, restore("iptables"), List.of("*nat", rule, "COMMIT"));
        if (plan.settings().ipv6()) {
            run(inside, restore("ip6tables"), List.of("*nat", rule, "COMMIT"));
        }
    }

    /// Whether the namespace has rules of this kind.
    ///
    /// @throws IllegalStateException where it cannot be asked
    public static boolean isApplied(List<String> inside, boolean nftables) {
        return nftables
                ? !nftTables(inside).isEmpty()
                : run(inside, List.of("iptables-save", "-t", "nat"), List.of()).contains(":ISTIO_OUTPUT ");
    }

    /// Whether the namespace has an address of IPv6 that others may call; also false where that cannot be asked.
    public static boolean hasIpv6(List<String> inside) {
        try {
            return !run(inside, words("ip", "-6", "-o", "address", "show", "scope", "global"))
                    .isBlank();
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// Takes away all rules and routes of ours, whichever of them are there. Rules of others stay.
    ///
    /// @throws IllegalStateException where a rule that is there cannot be taken away
    public static void clean(List<String> inside, CapturePlan plan) {
        if (plan.nftables()) {
            for (String table : nftTables(inside)) {
                run(inside, words("nft", "delete", "table", "inet", table));
            }
        } else {
            cleanFamily(inside, "iptables", plan);
            cleanFamily(inside, "ip6tables", plan);
        }
        for (String family : List.of("-4", "-6")) {
            cleanRoutes(inside, family, plan);
        }
    }

    private static void cleanFamily(List<String> inside, String tool, CapturePlan plan) {
        List<String> input = new ArrayList<>();
        for (String table : TABLES) {
            List<String> chains = new ArrayList<>();
            List<String> rules = new ArrayList<>();
            String saved;
            try {
                saved = run(inside, List.of(tool + "-save", "-t", table), List.of());
            } catch (IllegalStateException e) {
                if (tool.startsWith("ip6") || table.equals("raw")) {
                    continue; // a kernel without that family or table has no rules there
                }
                throw e;
            }
            for (String line : saved.lines().toList()) {
                if (line.startsWith(":" + OWN_CHAIN)) {
                    chains.add(line.substring(1, line.indexOf(' ')));
                } else if (line.startsWith("-A ") && !line.startsWith("-A " + OWN_CHAIN)) {
                    rules.add(line);
                }
            }
            List<String> own = rules.stream()
                    .filter(rule -> chains.stream().anyMatch(chain -> rule.endsWith("-j " + chain))
                            || madeBesideChains(rule, table, plan))
                    .toList();
            if (chains.isEmpty()) {
                continue;
            }
            input.add("*" + table);
            own.forEach(rule -> input.add("-D" + rule.substring(2)));
            chains.forEach(chain -> input.add("-F " + chain));
            chains.forEach(chain -> input.add("-X " + chain));
            input.add("COMMIT");
        }
        if (!input.isEmpty()) {
            run(inside, restore(tool), input);
        }
    }

    /// Rules of ours in chains of the kernel's that jump nowhere: marks, and interfaces left alone.
    private static boolean madeBesideChains(String rule, String table, CapturePlan plan) {
        boolean marked = table.equals("mangle")
                && Stream.of(plan.mode().mark(), TransparentRules.OUTBOUND_MARK)
                        .map(mark -> " 0x" + Integer.toHexString(Integer.parseInt(mark)))
                        .anyMatch(mark -> rule.contains(mark + " ") || rule.contains(mark + "/"));
        InterceptionSettings.Interfaces interfaces = plan.settings().interfaces();
        return marked
                || Stream.concat(interfaces.exclude().stream(), interfaces.virtual().stream())
                        .anyMatch(name -> rule.equals("-A PREROUTING -i " + name + " -j RETURN")
                                || rule.equals("-A OUTPUT -o " + name + " -j RETURN"));
    }

    private static void cleanRoutes(List<String> inside, String family, CapturePlan plan) {
        List<String> rule =
                words("ip", family, "rule", "del", "fwmark", plan.mode().mark(), "lookup", plan.routeTable());
        for (int i = 0; i < MOST_RULES_OF_ONE_MARK && tried(inside, rule); i++) {
            // each call takes one away
        }
        tried(inside, words("ip", family, "route", "flush", "table", plan.routeTable()));
    }

    private static boolean tried(List<String> inside, List<String> command) {
        try {
            run(inside, command);
            return true;
        } catch (IllegalStateException _) {
            return false; // there was none, or no tool that could have made one
        }
    }

    private static List<String> nftTables(List<String> inside) {
        return run(inside, List.of("nft", "list", "tables"), List.of())
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("table inet " + NftTable.OWN))
                .map(line -> line.substring("table inet ".length()))
                .toList();
    }

    private static List<String> families(InterceptionSettings settings) {
        return settings.ipv6() ? List.of("-4", "-6") : List.of("-4");
    }

    private static List<String> restore(String tool) {
        return List.of(tool + "-restore", "--noflush", "--wait");
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    private static String run(List<String> inside, List<String> command) {
        return run(inside, command, List.of());
    }

    private static String run(List<String> inside, List<String> command, List<String> lines) {
        List<String> words = new ArrayList<>(inside);
        words.addAll(command);
        return Command.run(words, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }
}
