package dev.lateen.control.dashboard;

import com.sun.net.httpserver.HttpExchange;
import dev.lateen.control.dashboard.ResourceEditor.Answer;
import dev.lateen.control.dashboard.ResourceEditor.Author;
import dev.lateen.control.debug.DebugServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Takes what the pages send. A page of another origin can send none of it: it would have to send a header of ours and
/// JSON, which browsers do only after they have asked, and where a browser says that it comes from another site, it is
/// believed. In a cluster everybody who may reach a pod's port arrives from the pod itself: so there only those who
/// have logged in with a token may save, or change what a proxy logs.
///
/// Limits: 1 MiB of JSON.
///
/// Thread: any; may block.
///
/// @param inCluster whether a call from this machine proves nothing
record Changes(ResourceEditor editor, TrafficWizard wizard, ProxyState proxies, Sessions sessions, boolean inCluster) {
    static final int MOST_BYTES = 1 << 20;
    /// What changes something, beside what only tells what a change would be.
    private static final Set<String> LASTING = Set.of("save", "log-level");

    private static final JsonMapper JSON = new JsonMapper();

    /// @param name `edit` for a resource, `traffic` for what a service's forms begin with
    void open(HttpExchange exchange, String name, Map<String, String> query) throws IOException {
        try {
            Optional<JsonNode> opened = name.equals("traffic") ? wizard.now(query) : editor.open(query);
            if (opened.isPresent()) {
                send(exchange, new Answer(200, opened.get()));
            } else {
                Replies.text(exchange, 404, "there is no text of it that can be edited\n");
            }
        } catch (IOException failure) {
            Replies.text(exchange, 502, failure.getMessage() + "\n");
        }
    }

    void answer(HttpExchange exchange, DebugServer host, String name) throws IOException {
        Optional<String> forged = forged(exchange);
        if (forged.isPresent()) {
            Replies.text(exchange, 403, forged.get());
            return;
        }
        String cookies = exchange.getRequestHeaders().getFirst("cookie");
        Optional<String> who = sessions.who(cookies).or(() -> host.proven(exchange));
        Optional<String> stranger =
                who.isPresent() || sessions.isOpen(cookies) ? Optional.empty() : host.stranger(exchange);
        if (stranger.isPresent()) {
            Replies.text(exchange, 401, stranger.get());
            return;
        }
        if (inCluster && LASTING.contains(name) && who.isEmpty()) {
            Replies.text(exchange, 401, "whoever changes a cluster has to log in with a token\n");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            Replies.text(exchange, 413, "at most " + MOST_BYTES + " bytes are expected\n");
            return;
        }
        Author author = new Author(who.orElse(""), exchange.getRemoteAddress().toString());
        try {
            Optional<Answer> answer = answer(name, JSON.readTree(body), author);
            if (answer.isPresent()) {
                send(exchange, answer.get());
            } else {
                Replies.text(exchange, 404, "there is nothing by that name\n");
            }
        } catch (JacksonException _) {
            Replies.text(exchange, 400, "JSON is expected\n");
        } catch (IOException failure) {
            Replies.text(exchange, 502, failure.getMessage() + "\n");
        }
    }

    private Optional<Answer> answer(String name, JsonNode asked, Author author) throws IOException {
        return switch (name) {
            case "check" -> Optional.of(editor.check(asked));
            case "traffic" -> Optional.of(wizard.propose(asked));
            case "save" -> Optional.of(editor.save(asked, author));
            case "log-level" -> Optional.of(proxies.setLevel(asked, author));
            default -> Optional.empty();
        };
    }

    private static Optional<String> forged(HttpExchange exchange) {
        String site = exchange.getRequestHeaders().getFirst("sec-fetch-site");
        if (site != null && !site.equals("same-origin")) {
            return Optional.of("sec-fetch-site: a page of another site may change nothing here\n");
        }
        if (exchange.getRequestHeaders().getFirst("x-lateen-operator") == null) {
            return Optional.of("the header x-lateen-operator is expected\n");
        }
        String type = exchange.getRequestHeaders().getFirst("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json")
                ? Optional.empty()
                : Optional.of("content-type: application/json is expected\n");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = JSON.writeValueAsString(answer.content()).getBytes(StandardCharsets.UTF_8);
        Replies.send(exchange, answer.status(), "application/json", body);
    }
}
