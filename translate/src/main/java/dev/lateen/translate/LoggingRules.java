package dev.lateen.translate;

import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.istio.Telemetry.AccessLogging;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which providers one side of a proxy logs to, and what: the narrowest `Telemetry` that names providers chooses
/// them, and of each the last rule counts. Without any, the mesh's default providers are asked, or else its
/// `accessLogFile`.
///
/// Source: Istio, Telemetry `accessLogging`.
/// Differs: a rule for one side leaves the mesh's defaults of the other as they are.
final class LoggingRules {
    /// The mesh's `accessLogFile`: no provider has this name.
    static final String FILE = "";

    private LoggingRules() {}

    /// @param filter a CEL expression; empty: everything
    record Log(String provider, boolean disabled, String filter) {}

    static List<Log> of(Scene scene, Side side) {
        return of(
                TelemetryRules.applying(scene).stream()
                        .map(Telemetry::accessLogging)
                        .filter(rules -> !rules.isEmpty())
                        .toList(),
                defaults(scene),
                side);
    }

    private static List<String> defaults(Scene scene) {
        List<String> providers = scene.mesh().defaultProviders().getOrDefault("accessLogging", List.of());
        if (providers.isEmpty() && !scene.mesh().accessLog().file().isEmpty()) {
            return List.of(FILE);
        }
        return providers;
    }

    /// @param levels the widest first
    private static List<Log> of(List<List<AccessLogging>> levels, List<String> defaults, Side side) {
        Map<String, Log> logs = new LinkedHashMap<>();
        Set<String> chosen = new LinkedHashSet<>(defaults);
        chosen.forEach(provider -> logs.put(provider, new Log(provider, false, "")));
        Map<String, String> filters = new HashMap<>();
        for (List<AccessLogging> level : levels) {
            Set<String> named = new LinkedHashSet<>();
            for (AccessLogging rule : level) {
                if (side.isMeantBy(rule.mode())) {
                    named.addAll(rule.providers());
                    rule.providers().forEach(provider -> filters.put(provider, rule.filter()));
                }
            }
            if (!named.isEmpty()) {
                chosen = named;
            }
        }
        logs.keySet().retainAll(chosen);
        List<String> before = defaults;
        for (List<AccessLogging> level : levels) {
            for (AccessLogging rule : level) {
                // A rule without providers goes on about those of the rule before it.
                before = rule.providers().isEmpty() ? before : rule.providers();
                if (side.isMeantBy(rule.mode())) {
                    put(rule, before, chosen, filters, logs);
                }
            }
        }
        return new ArrayList<>(logs.values());
    }

    private static void put(
            AccessLogging rule,
            List<String> providers,
            Set<String> chosen,
            Map<String, String> filters,
            Map<String, Log> logs) {
        for (String provider : providers) {
            if (chosen.contains(provider)) {
                boolean disabled = rule.disabled().orElse(false);
                String filter = filters.getOrDefault(provider, rule.filter());
                logs.put(provider, new Log(provider, disabled, disabled ? "" : filter));
            }
        }
    }
}
