package dev.lateen.model.mesh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which names stand for which services: Kubernetes services of type `ExternalName`, followed through any number of
/// steps. Names that lead round in a circle stand for nothing. Who sees the alias itself makes no difference, as in
/// DNS.
///
/// Source: Istio, upgrade notes, "`ExternalName` support changes". Thread: any (immutable).
public final class ServiceAliases {
    /// By alias, the name at the end of the steps, which the registry may not know.
    private final Map<String, String> behind = new HashMap<>();

    /// By that name, sorted.
    private final Map<String, List<String>> aliases = new HashMap<>();

    /// @param steps by alias, sorted
    private ServiceAliases(SortedMap<String, String> steps) {
        steps.keySet().forEach(alias -> {
            String end = end(alias, steps);
            if (!end.isEmpty()) {
                behind.put(alias, end);
                aliases.computeIfAbsent(end, _ -> new ArrayList<>(1)).add(alias);
            }
        });
    }

    static ServiceAliases of(List<MeshService> services) {
        SortedMap<String, String> steps = new TreeMap<>();
        for (MeshService service : services) {
            String name = service.kubernetes().externalName();
            if (service.resolution() == Resolution.ALIAS && !name.isEmpty()) {
                steps.put(service.hostname(), target(name));
            }
        }
        return new ServiceAliases(steps);
    }

    /// A name as the registry has it.
    public static String target(String externalName) {
        String full = externalName.endsWith(".") ? externalName.substring(0, externalName.length() - 1) : externalName;
        return full.toLowerCase(Locale.ROOT);
    }

    /// Empty for a circle.
    private static String end(String alias, Map<String, String> steps) {
        Set<String> passed = new HashSet<>();
        String name = alias;
        while (steps.containsKey(name)) {
            if (!passed.add(name)) {
                return "";
            }
            name = steps.get(name);
        }
        return name;
    }

    /// The names that stand for a service.
    List<String> of(String hostname) {
        return aliases.getOrDefault(hostname, List.of());
    }

    /// What a name stands for: itself, unless it is an alias.
    String behind(String hostname) {
        return behind.getOrDefault(hostname, hostname);
    }
}
