package dev.lateen.local.capture;

import java.util.ArrayList;
import java.util.List;

/// Puts the interception rules into a network namespace. Thread: any; blocks.
public final class PacketFilter {
    private PacketFilter() {}

    /// @param inside words in front of a command that make it run in the namespace; none for the one of this
    ///     process
    /// @throws IllegalStateException where the rules cannot be made, such as where they are there already
    public static void apply(List<String> inside, InterceptionSettings settings) {
        run(inside, List.of("iptables-restore", "--noflush", "--wait"), InterceptionRules.ipv4(settings));
        if (settings.ipv6()) {
            run(inside, List.of("ip6tables-restore", "--noflush", "--wait"), InterceptionRules.ipv6(settings));
        }
    }

    /// Whether the namespace has rules of this kind.
    ///
    /// @throws IllegalStateException where it cannot be asked
    public static boolean isApplied(List<String> inside) {
        return run(inside, List.of("iptables-save", "-t", "nat"), List.of()).contains(":ISTIO_OUTPUT ");
    }

    private static String run(List<String> inside, List<String> command, List<String> lines) {
        List<String> words = new ArrayList<>(inside);
        words.addAll(command);
        return Command.run(words, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }
}
