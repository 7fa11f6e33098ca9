package dev.lateen.control.debug;

import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `logging`: how much each part of the control plane writes, and the way to change it while it runs. Parts are called
/// by their packages and classes below `dev.lateen`; a level holds for everything below its name that has none of its
/// own.
///
/// Limits: names that are known already, so that nobody fills the memory with others.
///
/// Thread: any.
final class LogLevels {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ALL = "dev.lateen";
    private static final Map<String, Level> LEVELS = Map.of(
            "debug", Level.FINE,
            "info", Level.INFO,
            "warn", Level.WARNING,
            "error", Level.SEVERE,
            "none", Level.OFF);

    /// The platform holds loggers weakly: what was set would be lost with them.
    private final Map<String, Logger> set = new ConcurrentHashMap<>();

    /// By name; a name that nobody has set shows what it inherits.
    JsonNode json() {
        Map<String, String> levels = new TreeMap<>();
        levels.put(ALL, word(Logger.getLogger(ALL)));
        Enumeration<String> names = LogManager.getLogManager().getLoggerNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (name.startsWith(ALL + ".")) {
                levels.put(name, word(Logger.getLogger(name)));
                levels.putIfAbsent(packageOf(name), word(Logger.getLogger(packageOf(name))));
            }
        }
        ObjectNode json = JSON.createObjectNode();
        levels.forEach(json::put);
        return json;
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /// @param wanted a level for each name
    /// @return what is wrong; empty where all were set, and nothing is set where something is wrong
    Optional<String> set(Map<String, String> wanted) {
        JsonNode known = json();
        for (Map.Entry<String, String> one : wanted.entrySet()) {
            if (!known.has(one.getKey())) {
                return Optional.of("'" + shown(one.getKey()) + "': there is no such logger (GET lists them)");
            }
            if (!LEVELS.containsKey(one.getValue())) {
                return Optional.of("'" + shown(one.getValue()) + "' is no level (expected: debug, info, warn, error or"
                        + " none)");
            }
        }
        if (wanted.isEmpty()) {
            return Optional.of("NAME=LEVEL is expected, such as " + ALL + ".control.push=debug");
        }
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setLevel(Level.ALL); // the loggers decide
        }
        wanted.forEach((name, level) -> {
            Logger logger = Logger.getLogger(name);
            logger.setLevel(LEVELS.get(level));
            set.put(name, logger);
        });
        return Optional.empty();
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private static String word(Logger logger) {
        Logger at = logger;
        while (at.getLevel() == null && at.getParent() != null) {
            at = at.getParent();
        }
        Level level = Optional.ofNullable(at.getLevel()).orElse(Level.INFO);
        return List.of("debug", "info", "warn", "error").stream()
                .filter(word ->
                        level.intValue() <= LEVELS.getOrDefault(word, Level.OFF).intValue())
                .findFirst()
                .orElse("none");
    }
}
