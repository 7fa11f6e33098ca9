package dev.lateen.cli.explain;

import dev.lateen.cli.output.Json;
import dev.lateen.dashboard.explain.Decision;
import dev.lateen.dashboard.explain.Decision.Answer;
import dev.lateen.dashboard.explain.Decision.Asked;
import dev.lateen.dashboard.explain.Decision.Attempt;
import dev.lateen.dashboard.explain.Decision.Caller;
import dev.lateen.dashboard.explain.Decision.Cluster;
import dev.lateen.dashboard.explain.Decision.Config;
import dev.lateen.dashboard.explain.Decision.Made;
import dev.lateen.dashboard.explain.Decision.Near;
import dev.lateen.dashboard.explain.Decision.Note;
import dev.lateen.dashboard.explain.Decision.Route;
import dev.lateen.dashboard.explain.Decision.Upstream;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads one item of a proxy's `/decisions`. Thread: any.
final class DecisionReader {
    private DecisionReader() {}

    /// @param proxy `pod.namespace`
    static Decision read(JsonNode json, String proxy) {
        return new Decision(
                proxy,
                new Asked(
                        Json.text(json, "id"),
                        json.path("startMillis").asLong(0),
                        Json.text(json, "direction"),
                        Json.text(json, "protocol"),
                        Json.text(json, "method"),
                        Json.text(json, "authority"),
                        Json.text(json, "path")),
                new Answer(
                        json.path("status").asInt(0),
                        flags(Json.text(json, "flags")),
                        Json.text(json, "details"),
                        json.path("micros").asLong(0)),
                caller(json.path("source")),
                config(json),
                upstream(json),
                Json.items(json, "notes").stream()
                        .map(note -> new Note(Json.text(note, "name"), Json.text(note, "value")))
                        .toList(),
                Json.items(json, "nearly").stream().map(DecisionReader::near).toList());
    }

    private static Set<String> flags(String flags) {
        return flags.isEmpty() ? Set.of() : Set.of(flags.split(",", -1));
    }

    private static Caller caller(JsonNode json) {
        return new Caller(
                Json.text(json, "address"),
                Json.text(json, "identity"),
                Json.text(json, "workload"),
                json.path("mutualTls").asBoolean(false),
                Json.text(json, "tlsFailure"));
    }

    private static Config config(JsonNode json) {
        JsonNode route = json.path("route");
        JsonNode cluster = json.path("cluster");
        return new Config(
                Json.text(json, "listener"),
                Json.text(json, "filterChain"),
                new Route(
                        Json.text(route, "table"),
                        Json.text(route, "virtualHost"),
                        Json.text(route, "name"),
                        made(route)),
                new Cluster(Json.text(cluster, "name"), made(cluster)));
    }

    private static Made made(JsonNode json) {
        JsonNode from = json.path("from");
        return from.isObject()
                ? new Made(
                        Json.text(from, "resource"),
                        Json.text(from, "file"),
                        from.path("line").asInt(0),
                        Json.text(from, "field"),
                        Json.text(from, "service"))
                : Made.UNKNOWN;
    }

    private static Upstream upstream(JsonNode json) {
        return new Upstream(
                Json.text(json, "host", "address"),
                Json.text(json, "host", "workload"),
                json.path("attempts").asInt(0),
                json.path("timeoutMicros").asLong(0),
                json.path("perTryTimeoutMicros").asLong(0),
                Json.text(json, "transportFailure"),
                Json.items(json, "failedAttempts").stream()
                        .map(one -> new Attempt(
                                Json.text(one, "host"),
                                Json.text(one, "result"),
                                one.path("micros").asLong(0)))
                        .toList());
    }

    private static Near near(JsonNode json) {
        return new Near(Json.text(json, "virtualHost"), Json.text(json, "name"), Json.text(json, "wants"), made(json));
    }
}
