package dev.lateen.proxy.admin;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.decision.Cursor;
import dev.lateen.proxy.decision.Decision;
import dev.lateen.proxy.decision.DecisionFilter;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.route.NearMatches;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.Evidence;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.RouteFacts;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `/decisions`: what became of the last requests, as JSON that docs/explain.md describes. A reader that comes back
/// with
/// `after=` gets each one once, and is told how many it came too late for.
///
/// Thread: any; answers come where `later` runs them.
public final class DecisionsPage {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final Decisions decisions;
    private final DecisionBackground background;
    private final Executor later;

    /// @param background asked where `nearly` is
    /// @param later runs what writes an answer
    public DecisionsPage(Decisions decisions, DecisionBackground background, Executor later) {
        this.decisions = decisions;
        this.background = background;
        this.later = later;
    }

    /// As a request of somebody whom `AdminApi` does not guard against. Pages of the web are told nothing, by whatever
    /// name they call us.
    public void answer(RequestHead head, @Nullable SocketAddress peer, Consumer<AdminReply> reply) {
        AdminRequest request = AdminRequest.of(head, peer, false);
        if (!request.from().meant()) {
            reply.accept(AdminApi.MISDIRECTED);
            return;
        }
        answer(request, reply);
    }

    void answer(AdminRequest request, Consumer<AdminReply> reply) {
        DecisionFilter filter = filter(request);
        Optional<String> trouble = filter.trouble();
        if (trouble.isPresent()) {
            reply.accept(AdminReply.text(400, trouble.get() + "\n"));
            return;
        }
        Optional<Cursor> after = request.parameter("after").map(Cursor::parse).orElse(Optional.of(Cursor.START));
        if (after.isEmpty()) {
            reply.accept(AdminReply.text(400, "after: not a cursor (expected: what an earlier answer has as next)\n"));
            return;
        }
        DecisionBackground known = request.has("nearly") ? background : DecisionBackground.NONE;
        decisions.find(
                filter,
                after.get(),
                limit(request),
                found -> later.execute(() -> reply.accept(AdminReply.json(json(decisions.proxy(), found, known)))));
    }

    private static DecisionFilter filter(AdminRequest request) {
        return new DecisionFilter(
                text(request, "id"),
                new DecisionFilter.Request(
                        text(request, "method"),
                        text(request, "authority"),
                        text(request, "path"),
                        text(request, "route"),
                        text(request, "cluster"),
                        text(request, "direction")),
                new DecisionFilter.Outcome(text(request, "status"), text(request, "flag"), request.has("failures")));
    }

    private static String text(AdminRequest request, String name) {
        return request.parameter(name).orElse("");
    }

    private static int limit(AdminRequest request) {
        String asked = text(request, "limit");
        boolean number = asked.matches("[0-9]{1,6}");
        return number ? Math.clamp(Integer.parseInt(asked), 1, MAX_LIMIT) : DEFAULT_LIMIT;
    }

    private static String json(String proxy, Decisions.Found found, DecisionBackground background) {
        JsonOut json = new JsonOut().object();
        json.text("proxy", proxy);
        json.text("next", found.cursor().toString());
        json.number("lost", found.lost());
        json.array("decisions");
        for (Decision decision : found.decisions()) {
            add(json.object(), decision, background);
            json.end();
        }
        return json.end().end().toString();
    }

    private static void add(JsonOut json, Decision decision, DecisionBackground background) {
        some(json, "id", decision.id());
        json.number("startMillis", decision.startMillis);
        json.number("micros", decision.nanos / NANOS_PER_MICRO);
        if (decision.upstreamNanos > 0) {
            json.number("upstreamMicros", decision.upstreamNanos / NANOS_PER_MICRO);
        }
        json.text("direction", decision.direction.toLowerCase(java.util.Locale.ROOT));
        some(json, "protocol", decision.protocol);
        some(json, "method", decision.method);
        some(json, "authority", decision.authority());
        some(json, "path", decision.path());
        some(json, "traceId", decision.traceId());
        json.number("status", decision.status);
        some(json, "flags", flags(decision));
        some(json, "details", decision.details);
        some(json, "transportFailure", decision.transportFailure);
        ends(json, decision);
        RouteFacts taken = background.route(decision);
        config(json, decision, taken, background);
        upstream(json, decision);
        evidence(json, decision.evidence, background.notes(decision));
        json.number("bytesReceived", decision.bytesReceived);
        json.number("bytesSent", decision.bytesSent);
        if (taken != null) {
            nearly(json, decision, taken, background);
        }
    }

    private static void ends(JsonOut json, Decision decision) {
        json.object("source");
        some(json, "address", text(decision.source));
        some(json, "identity", decision.sourceIdentity);
        peer(json, decision.sourcePeer);
        some(json, "tlsFailure", decision.sourceFailure);
        json.bool("mutualTls", decision.mutualTls).end();
        json.object("destination");
        some(json, "address", text(decision.destination));
        some(json, "identity", decision.ownIdentity);
        some(json, "serverName", decision.serverName);
        json.end();
    }

    private static void config(
            JsonOut json, Decision decision, @Nullable RouteFacts taken, DecisionBackground background) {
        some(json, "listener", decision.listener);
        some(json, "filterChain", decision.filterChain);
        if (taken != null) {
            route(json, taken);
        }
        String cluster = background.clusterName(decision);
        if (!cluster.isEmpty()) {
            json.object("cluster").text("name", cluster);
            Map<String, Map<String, Object>> metadata = background.cluster(decision);
            resource(json, metadata);
            patches(json, List.of(metadata));
            json.end();
        }
        patches(json, background.around(decision));
    }

    /// Which EnvoyFilters have changed it, as the control plane left it in the metadata.
    private static void patches(JsonOut json, List<Map<String, Map<String, Object>>> metadata) {
        List<Object> all = new ArrayList<>();
        for (Map<String, Map<String, Object>> one : metadata) {
            if (one.getOrDefault("lateen", Map.of()).get("patches") instanceof List<?> patches) {
                all.addAll(patches);
            }
        }
        if (all.isEmpty()) {
            return;
        }
        json.array("patches");
        for (Object patch : all) {
            if (patch instanceof Map<?, ?> origin) {
                json.object();
                some(json, "resource", origin.get("resource") instanceof String path ? path : "");
                place(json, origin);
                json.end();
            }
        }
        json.end();
    }

    private static void place(JsonOut json, Map<?, ?> origin) {
        some(json, "file", origin.get("file") instanceof String file ? file : "");
        if (origin.get("line") instanceof Double line) {
            json.number("line", line.longValue());
        }
        some(json, "field", origin.get("field") instanceof String field ? field : "");
    }

    static void route(JsonOut json, RouteFacts route) {
        json.object("route");
        some(json, "table", route.table());
        some(json, "virtualHost", route.virtualHost());
        some(json, "name", route.name());
        resource(json, route.metadata());
        json.end();
    }

    /// Which resource it was made from, as the control plane left it in the metadata.
    static void resource(JsonOut json, Map<String, Map<String, Object>> metadata) {
        Map<String, Object> istio = metadata.getOrDefault("istio", Map.of());
        Map<String, Object> own = metadata.getOrDefault("lateen", Map.of());
        if (istio.isEmpty() && own.isEmpty()) {
            return;
        }
        json.object("from");
        some(json, "resource", istio.get("config") instanceof String path ? path : "");
        place(json, own);
        some(json, "service", service(istio));
        json.end();
    }

    private static String service(Map<String, Object> istio) {
        return istio.get("services") instanceof List<?> services
                        && !services.isEmpty()
                        && services.getFirst() instanceof Map<?, ?> first
                        && first.get("host") instanceof String host
                ? host
                : "";
    }

    private static void upstream(JsonOut json, Decision decision) {
        if (decision.host != null) {
            json.object("host").text("address", text(decision.host));
            some(json, "identity", decision.hostIdentity);
            peer(json, decision.hostPeer);
            json.bool("mutualTls", decision.upstreamMutualTls).end();
        }
        json.number("attempts", decision.attempts);
        if (decision.timeoutNanos > 0) {
            json.number("timeoutMicros", decision.timeoutNanos / NANOS_PER_MICRO);
        }
        if (decision.perTryTimeoutNanos > 0) {
            json.number("perTryTimeoutMicros", decision.perTryTimeoutNanos / NANOS_PER_MICRO);
        }
    }

    private static void evidence(JsonOut json, @Nullable Evidence evidence, List<Evidence.Note> further) {
        if (evidence == null && further.isEmpty()) {
            return;
        }
        json.array("failedAttempts");
        List<Evidence.Attempt> attempts = evidence == null ? List.of() : evidence.attempts();
        for (Evidence.Attempt attempt : attempts) {
            json.object()
                    .text("host", attempt.host())
                    .text("result", attempt.result())
                    .number("micros", attempt.nanos() / NANOS_PER_MICRO)
                    .end();
        }
        json.end().array("notes");
        notes(json, evidence == null ? List.of() : evidence.notes());
        notes(json, further);
        json.end();
    }

    private static void notes(JsonOut json, List<Evidence.Note> notes) {
        for (Evidence.Note note : notes) {
            json.object().text("name", note.name()).text("value", note.value()).end();
        }
    }

    private static void nearly(JsonOut json, Decision decision, RouteFacts taken, DecisionBackground background) {
        Optional<RouteTable> table = background.routes(taken.table());
        if (table.isEmpty()) {
            return;
        }
        RequestHead head = new RequestHead(
                HttpVersion.HTTP_1_1, decision.method, "http", decision.authority(), decision.path(), new Headers(0));
        nearly(json, table.get(), head, taken.virtualHost().isEmpty() ? null : taken);
    }

    static void nearly(JsonOut json, RouteTable table, RequestHead head, @Nullable RouteFacts taken) {
        json.array("nearly");
        for (NearMatches.Miss miss : new NearMatches(table).of(head, taken)) {
            json.object();
            some(json, "virtualHost", miss.route().virtualHost());
            some(json, "name", miss.route().name());
            json.text("wants", miss.wants());
            resource(json, miss.route().metadata());
            json.end();
        }
        json.end();
    }

    private static void peer(JsonOut json, PeerInfo peer) {
        known(json, "workload", peer.workload());
        known(json, "namespace", peer.namespace());
        known(json, "app", peer.app());
        known(json, "version", peer.version());
    }

    private static void known(JsonOut json, String name, String value) {
        if (!value.equals(PeerInfo.UNKNOWN_TEXT)) {
            some(json, name, value);
        }
    }

    private static void some(JsonOut json, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            json.text(name, value);
        }
    }

    private static String flags(Decision decision) {
        StringBuilder text = new StringBuilder();
        for (ResponseFlag flag : decision.flags) {
            text.append(text.isEmpty() ? "" : ",").append(flag.code());
        }
        return text.toString();
    }

    private static String text(@Nullable SocketAddress address) {
        return address == null ? "" : Addresses.text(address);
    }
}
