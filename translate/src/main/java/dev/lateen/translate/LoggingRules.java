package dev.lateen.translate;

import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.istio.Telemetry.AccessLogging;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which providers one side of a proxy logs to, and what: the narrowest `Telemetry` that names providers chooses
/// them, and of each the last rule counts. Without any, the mesh's default providers are asked, or else its
/// `accessLogFile` and `enableEnvoyAccessLogService`.
///
/// Source: Istio, Telemetry `accessLogging`.
/// Differs: a rule for one side leaves the mesh's defaults of the other as they are; a filter without providers counts.
final class LoggingRules {
    /// The mesh's `accessLogFile`: no provider has this name.
    static final String FILE = "";
    /// The mesh's `enableEnvoyAccessLogService`: nor this.
    static final String COLLECTOR = " ";

    private LoggingRules() {}

    /// @param filter a CEL expression; empty: everything
    record Log(String provider, boolean disabled, String filter) {
        Log withFilter(String other) {
            return new Log(provider, disabled, other);
        }
    }

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
        if (!providers.isEmpty()) {
            return providers;
        }
        List<String> own = new ArrayList<>();
        if (!scene.mesh().accessLog().file().isEmpty()) {
            own.add(FILE);
        }
        if (scene.mesh().accessLog().collector().isPresent()) {
            own.add(COLLECTOR);
        }
        return own;
    }

    /// @param levels the widest first
    static List<Log> of(List<List<AccessLogging>> levels, List<String> defaults, Side side) {
        Set<String> chosen = chosen(levels, defaults, side);
        Map<String, Log> logs = new LinkedHashMap<>();
        defaults.stream().filter(chosen::contains).forEach(name -> logs.put(name, new Log(name, false, "")));
        List<String> before = defaults;
        for (List<AccessLogging> level : levels) {
            for (AccessLogging rule : level) {
                // A rule without providers goes on about those of the rule before it.
                before = rule.providers().isEmpty() ? before : rule.providers();
                if (side.isMeantBy(rule.mode())) {
                    before.stream()
                            .filter(chosen::contains)
                            .forEach(name -> logs.merge(
                                    name,
                                    log(name, rule),
                                    (old, told) -> goesOn(rule) ? told.withFilter(old.filter()) : told));
                }
            }
        }
        return List.copyOf(logs.values());
    }

    /// Those that the narrowest level names.
    private static Set<String> chosen(List<List<AccessLogging>> levels, List<String> defaults, Side side) {
        Set<String> chosen = new HashSet<>(defaults);
        for (List<AccessLogging> level : levels) {
            Set<String> named = level.stream()
                    .filter(rule -> side.isMeantBy(rule.mode()))
                    .flatMap(rule -> rule.providers().stream())
                    .collect(Collectors.toSet());
            if (!named.isEmpty()) {
                chosen = named;
            }
        }
        return chosen;
    }

    private static Log log(String provider, AccessLogging rule) {
        return new Log(provider, rule.disabled().orElse(false), rule.filter());
    }

    /// Whether a rule says nothing of what is logged.
    private static boolean goesOn(AccessLogging rule) {
        return rule.providers().isEmpty() && rule.filter().isEmpty();
    }
}
