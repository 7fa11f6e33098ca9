package dev.lateen.control.dashboard;

import dev.lateen.control.dashboard.ResourceEditor.Answer;
import dev.lateen.control.dashboard.ResourceEditor.Author;
import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.xds.ResourceType;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a proxy itself says: which certificates it holds, and at what levels it logs, which can be changed.
///
/// Limits: 400 loggers.
///
/// Thread: any; may block.
record ProxyState(MeshView mesh, ProxyQuestions questions, boolean readOnly) {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyState.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_LOGGERS = 400;
    private static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warning", "error", "critical", "off");
    private static final Pattern LOGGER = Pattern.compile("[A-Za-z0-9_.$-]{1,200}");
    /// A line of the answer of `/logging`.
    private static final Pattern LINE = Pattern.compile("\\s+(\\S+): (\\w+)");

    /// `name` is that of a proxy; empty where no such proxy is connected. Where the proxy cannot be asked, its secrets
    /// are those that it was sent, and it has no `loggers`.
    Optional<JsonNode> json(Map<String, String> query) {
        return find(query.getOrDefault("name", "")).map(this::json);
    }

    private JsonNode json(ConnectedProxy proxy) {
        ObjectNode json = JSON.createObjectNode().put("readOnly", readOnly);
        Optional<URI> numbers = numbers(proxy);
        Optional<JsonNode> held = numbers.flatMap(one -> questions.secrets(proxy, one));
        json.put("held", held.isPresent());
        json.set(
                "secrets",
                held.map(SecretRows::ofDump)
                        .orElseGet(() -> SecretRows.ofSent(proxy.connection()
                                .resources()
                                .ofType(ResourceType.SECRET)
                                .values())));
        // Who has not told the one lets us wait for the other, too.
        held.flatMap(_ -> numbers)
                .flatMap(one -> questions.logging(proxy, one, ""))
                .ifPresent(text -> json.set("loggers", loggers(text)));
        return json;
    }

    /// Sets the level of the `logger` that is asked for, or of all where it is empty, at `proxy`.
    Answer setLevel(JsonNode asked, Author author) {
        String name = ResourceEditor.text(asked, "proxy");
        String logger = ResourceEditor.text(asked, "logger");
        String level = ResourceEditor.text(asked, "level");
        if (readOnly) {
            return reason(403, "this dashboard only shows: it was started with --read-only");
        }
        if (!LEVELS.contains(level)
                || !(logger.isEmpty() || LOGGER.matcher(logger).matches())) {
            return reason(400, "there is no such level or logger");
        }
        Optional<ConnectedProxy> proxy = find(name);
        if (proxy.isEmpty()) {
            return reason(404, "no such proxy is connected");
        }
        String query = (logger.isEmpty() ? "level" : logger) + "=" + level;
        Optional<String> answer = numbers(proxy.get()).flatMap(one -> questions.logging(proxy.get(), one, query));
        if (answer.isEmpty()) {
            return reason(502, "the proxy cannot be asked from here");
        }
        LOG.atInfo()
                .addKeyValue("proxy", name)
                .addKeyValue("logger", logger.isEmpty() ? "all" : logger)
                .addKeyValue("level", level)
                .addKeyValue("who", author.who().isEmpty() ? "whoever is on this machine" : author.who())
                .addKeyValue("from", author.from())
                .log("the level of a proxy's log was changed through the dashboard");
        ObjectNode json = JSON.createObjectNode();
        json.set("loggers", loggers(answer.get()));
        return new Answer(200, json);
    }

    private Optional<ConnectedProxy> find(String name) {
        return mesh.proxies().stream()
                .filter(proxy -> proxy.node().name().equals(name))
                .findFirst();
    }

    private Optional<URI> numbers(ConnectedProxy proxy) {
        return new MetricsAddress(mesh.snapshot()).of(proxy);
    }

    private static ObjectNode loggers(String text) {
        ObjectNode levels = JSON.createObjectNode();
        text.lines()
                .map(LINE::matcher)
                .filter(line -> line.matches() && LEVELS.contains(line.group(2)))
                .limit(MOST_LOGGERS)
                .forEach(line -> levels.put(line.group(1), line.group(2)));
        return levels;
    }

    private static Answer reason(int status, String reason) {
        return new Answer(status, JSON.createObjectNode().put("reason", reason));
    }
}
