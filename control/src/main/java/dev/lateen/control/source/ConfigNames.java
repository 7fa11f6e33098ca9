package dev.lateen.control.source;

import java.util.List;
import java.util.Locale;

/// Tells configuration from what editors and tools leave beside it.
final class ConfigNames {
    private static final List<String> SUFFIXES = List.of(".yaml", ".yml", ".json");

    private ConfigNames() {}

    /// Names such as `.x.yaml.swp`, `x.yaml~`, `#x.yaml#` and `x.yaml.tmp` are not.
    static boolean isConfig(String name) {
        if (isHidden(name) || name.startsWith("#") || name.startsWith("~")) {
            return false;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(lower::endsWith);
    }

    /// Hidden directories too are passed over: version control, and the `..data` of a mounted ConfigMap, whose
    /// files are reached by their links.
    static boolean isHidden(String name) {
        return name.startsWith(".");
    }
}
