package dev.lateen.control.dashboard;

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
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads one item of a proxy's `/decisions`. Thread: any.
public final class DecisionReader {
    private DecisionReader() {}

    /// @param proxy `pod.namespace`
    public static Decision read(JsonNode json, String proxy) {
        return new Decision(
                proxy,
                new Asked(
                        Trees.text(json, "id"),
                        json.path("startMillis").asLong(0),
                        Trees.text(json, "direction"),
                        Trees.text(json, "protocol"),
                        Trees.text(json, "method"),
                        Trees.text(json, "authority"),
                        Trees.text(json, "path")),
                new Answer(
                        json.path("status").asInt(0),
                        flags(Trees.text(json, "flags")),
                        Trees.text(json, "details"),
                        json.path("micros").asLong(0)),
                caller(json.path("source")),
                config(json),
                upstream(json),
                Trees.objects(json, "notes").stream()
                        .map(note -> new Note(Trees.text(note, "name"), Trees.text(note, "value")))
                        .toList(),
                Trees.objects(json, "nearly").stream().map(DecisionReader::near).toList());
    }

    private static Set<String> flags(String flags) {
        return flags.isEmpty() ? Set.of() : Set.of(flags.split(",", -1));
    }

    private static Caller caller(JsonNode json) {
        return new Caller(
                Trees.text(json, "address"),
                Trees.text(json, "identity"),
                Trees.text(json, "workload"),
                json.path("mutualTls").asBoolean(false),
                Trees.text(json, "tlsFailure"));
    }

    private static Config config(JsonNode json) {
        JsonNode route = json.path("route");
        JsonNode cluster = json.path("cluster");
        return new Config(
                Trees.text(json, "listener"),
                Trees.text(json, "filterChain"),
                new Route(
                        Trees.text(route, "table"),
                        Trees.text(route, "virtualHost"),
                        Trees.text(route, "name"),
                        made(route)),
                new Cluster(Trees.text(cluster, "name"), made(cluster), patches(cluster)),
                patches(json));
    }

    private static Made made(JsonNode json) {
        JsonNode from = json.path("from");
        return from.isObject() ? origin(from) : Made.UNKNOWN;
    }

    private static List<Made> patches(JsonNode json) {
        return Trees.objects(json, "patches").stream()
                .map(DecisionReader::origin)
                .toList();
    }

    private static Made origin(JsonNode json) {
        return new Made(
                Trees.text(json, "resource"),
                Trees.text(json, "file"),
                json.path("line").asInt(0),
                Trees.text(json, "field"),
                Trees.text(json, "service"));
    }

    private static Upstream upstream(JsonNode json) {
        return new Upstream(
                Trees.text(json, "host", "address"),
                Trees.text(json, "host", "workload"),
                json.path("host").path("mutualTls").asBoolean(false),
                json.path("attempts").asInt(0),
                json.path("timeoutMicros").asLong(0),
                json.path("perTryTimeoutMicros").asLong(0),
                Trees.text(json, "transportFailure"),
                Trees.objects(json, "failedAttempts").stream()
                        .map(one -> new Attempt(
                                Trees.text(one, "host"),
                                Trees.text(one, "result"),
                                one.path("micros").asLong(0)))
                        .toList());
    }

    private static Near near(JsonNode json) {
        return new Near(
                Trees.text(json, "virtualHost"), Trees.text(json, "name"), Trees.text(json, "wants"), made(json));
    }
}
