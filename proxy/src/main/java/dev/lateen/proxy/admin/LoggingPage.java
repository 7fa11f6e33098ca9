package dev.lateen.proxy.admin;

import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// Reads and changes log levels: `level=debug` for all, `NAME=debug` for one logger. A bare POST lists them.
final class LoggingPage {
    private static final String ROOT = "dev.lateen";
    /// Loggers are weakly held by the JDK; one whose level was set must stay.
    private static final Map<String, Logger> KEPT = new ConcurrentHashMap<>();

    private LoggingPage() {}

    static AdminReply change(AdminRequest request) {
        for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
            String name = parameter.getKey();
            if (name.equals("paths") || parameter.getValue().isEmpty()) {
                continue;
            }
            Optional<Level> level = level(parameter.getValue().getFirst());
            if (level.isEmpty()) {
                return AdminReply.text(
                        400,
                        "error: '" + parameter.getValue().getFirst()
                                + "' is no level (expected: trace, debug, info, warning, error, critical or off)\n");
            }
            String logger = name.equals("level") ? ROOT : name;
            KEPT.computeIfAbsent(logger, Logger::getLogger).setLevel(level.get());
        }
        return AdminReply.text(list());
    }

    private static Optional<Level> level(String name) {
        return switch (name) {
            case "trace" -> Optional.of(Level.FINER);
            case "debug" -> Optional.of(Level.FINE);
            case "info" -> Optional.of(Level.INFO);
            case "warning", "warn" -> Optional.of(Level.WARNING);
            case "error", "critical" -> Optional.of(Level.SEVERE);
            case "off" -> Optional.of(Level.OFF);
            default -> Optional.empty();
        };
    }

    private static String list() {
        Map<String, String> levels = new TreeMap<>();
        Enumeration<String> names = LogManager.getLogManager().getLoggerNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            Logger logger = LogManager.getLogManager().getLogger(name);
            if (logger != null && name.startsWith(ROOT)) {
                levels.put(name, effective(logger));
            }
        }
        StringBuilder text = new StringBuilder("active loggers:\n");
        levels.forEach((name, level) ->
                text.append("  ").append(name).append(": ").append(level).append('\n'));
        return text.toString();
    }

    private static String effective(Logger logger) {
        Logger at = logger;
        while (at != null && at.getLevel() == null) {
            at = at.getParent();
        }
        int value = at == null || at.getLevel() == null
                ? Level.INFO.intValue()
                : at.getLevel().intValue();
        if (value >= Level.OFF.intValue()) {
            return "off";
        }
        if (value >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (value >= Level.WARNING.intValue()) {
            return "warning";
        }
        if (value >= Level.INFO.intValue()) {
            return "info";
        }
        return value >= Level.FINE.intValue() ? "debug" : "trace";
    }
}
