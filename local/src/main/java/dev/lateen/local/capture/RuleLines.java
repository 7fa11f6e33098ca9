package dev.lateen.local.capture;

import java.util.ArrayList;
import java.util.List;

/// Lines for `iptables-restore` in the making. Thread: one.
final class RuleLines {
    private final List<String> lines = new ArrayList<>();

    void add(String... more) {
        lines.addAll(List.of(more));
    }

    /// Interfaces left alone.
    void excluded(InterceptionSettings settings) {
        for (String name : settings.interfaces().exclude()) {
            add("-A PREROUTING -i " + name + " -j RETURN", "-A OUTPUT -o " + name + " -j RETURN");
        }
    }

    List<String> all() {
        return List.copyOf(lines);
    }
}
