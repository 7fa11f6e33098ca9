package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What became of each resource: accepted or not and why, in conflict with which other, in force on how many proxies,
/// refused by whom, and what its limits come to over all of them. Immutable. Thread: any.
public final class ResourceFates {
    private static final String NOT_KNOWN = "-";

    private final Map<String, Fate> fates;

    /// @param notes what is wrong with it, with its place
    /// @param refusals by proxies
    private record Fate(
            String resource, String verdict, int inForce, int proxies, List<String> notes, List<String> refusals) {
        boolean isGood() {
            return verdict.equals("ACCEPTED") && refusals.isEmpty();
        }

        String programmed() {
            return proxies < 0 ? NOT_KNOWN : inForce + "/" + proxies;
        }
    }

    private ResourceFates(Map<String, Fate> fates) {
        this.fates = fates;
    }

    /// @param statuses the page `statusz` of each control plane: they know the same resources and have proxies of their
    ///     own
    /// @param configuration the resources themselves, as `configz` has them
    /// @param wanted part of `KIND/NAME.NAMESPACE`, in any case; empty for all
    public static ResourceFates of(List<JsonNode> statuses, List<JsonNode> configuration, String wanted) {
        Map<String, Fate> fates = new TreeMap<>();
        Map<String, JsonNode> specs = new LinkedHashMap<>();
        configuration.forEach(resource -> specs.put(
                name(
                        Json.text(resource, "kind"),
                        Json.text(resource, "metadata", "name"),
                        Json.text(resource, "metadata", "namespace")),
                resource.path("spec")));
        for (JsonNode page : statuses) {
            for (JsonNode resource : Json.items(page, "resources")) {
                String name = name(
                        Json.text(resource, "kind"), Json.text(resource, "name"), Json.text(resource, "namespace"));
                if (name.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT))) {
                    fates.merge(name, fate(name, resource), ResourceFates::both);
                }
            }
        }
        fates.replaceAll((name, fate) -> withLimits(fate, specs.get(name)));
        return new ResourceFates(fates);
    }

    private static String name(String kind, String name, String namespace) {
        return kind + "/" + name + (namespace.isEmpty() ? "" : "." + namespace);
    }

    private static Fate fate(String name, JsonNode resource) {
        List<String> notes = new ArrayList<>();
        for (JsonNode one : Json.items(resource, "diagnostics")) {
            notes.add(Json.text(one, "at") + ": " + Json.text(one, "severity") + ": " + Json.text(one, "message")
                    + (Json.text(one, "advice").isEmpty() ? "" : " (" + Json.text(one, "advice") + ")"));
        }
        for (JsonNode one : Json.items(resource, "unsupported")) {
            notes.add(Json.text(one, "at") + ": without effect: " + Json.text(one, "field"));
        }
        List<String> refusals = new ArrayList<>();
        for (JsonNode one : Json.items(resource, "rejected")) {
            refusals.add(Json.text(one, "proxy") + " refuses its " + Json.text(one, "type") + ": "
                    + Json.text(one, "reason"));
        }
        JsonNode programmed = resource.path("programmed");
        return new Fate(
                name,
                Json.text(resource, "verdict"),
                programmed.path("proxies").asInt(0),
                programmed.path("of").asInt(-1),
                notes,
                refusals);
    }

    private static Fate both(Fate one, Fate other) {
        List<String> refusals = new ArrayList<>(one.refusals());
        refusals.addAll(other.refusals());
        int proxies = Math.max(0, one.proxies()) + Math.max(0, other.proxies());
        return new Fate(
                one.resource(),
                one.verdict(),
                one.inForce() + other.inForce(),
                one.proxies() < 0 && other.proxies() < 0 ? -1 : proxies,
                one.notes(),
                refusals);
    }

    /// A limit of a connection pool holds for each client by itself, so that a server may see as many times that.
    private static Fate withLimits(Fate fate, @Nullable JsonNode spec) {
        if (spec == null || fate.inForce() == 0 || !fate.resource().startsWith("DestinationRule/")) {
            return fate;
        }
        List<String> notes = new ArrayList<>(fate.notes());
        JsonNode pool = Json.at(spec, "trafficPolicy", "connectionPool");
        for (String[] field : new String[][] {
            {"tcp", "maxConnections"}, {"http", "http1MaxPendingRequests"}, {"http", "http2MaxRequests"}
        }) {
            long limit = Json.at(pool, field).asLong(0);
            if (limit > 0) {
                notes.add(field[1] + " " + limit + " holds for each client by itself: up to " + limit * fate.inForce()
                        + " from " + fate.inForce() + " proxies");
            }
        }
        return new Fate(fate.resource(), fate.verdict(), fate.inForce(), fate.proxies(), notes, fate.refusals());
    }

    /// Those alone that are refused, by the control plane or a proxy, or have an error.
    public ResourceFates inTrouble() {
        Map<String, Fate> some = new TreeMap<>(fates);
        some.values().removeIf(fate -> fate.isGood() && fate.notes().stream().noneMatch(n -> n.contains(": error: ")));
        return new ResourceFates(some);
    }

    public boolean isEmpty() {
        return fates.isEmpty();
    }

    /// Whether each is accepted and none refused.
    public boolean areGood() {
        return fates.values().stream().allMatch(Fate::isGood);
    }

    public String text() {
        Table table = new Table(2, "RESOURCE", "VERDICT", "PROGRAMMED", "REFUSED BY", "NOTES");
        fates.values()
                .forEach(fate -> table.row(
                        fate.resource(),
                        fate.verdict(),
                        fate.programmed(),
                        Integer.toString(fate.refusals().size()),
                        Integer.toString(fate.notes().size())));
        StringBuilder text = new StringBuilder(table.toString());
        for (Fate fate : fates.values()) {
            if (!fate.notes().isEmpty() || !fate.refusals().isEmpty()) {
                text.append('\n').append(fate.resource()).append('\n');
                fate.refusals().forEach(line -> text.append("  ").append(line).append('\n'));
                fate.notes().forEach(line -> text.append("  ").append(line).append('\n'));
            }
        }
        return text.toString();
    }

    public JsonNode json() {
        return Json.tree(fates.values().stream()
                .map(fate -> Json.object(
                        "resource", fate.resource(),
                        "verdict", fate.verdict(),
                        "inForce", fate.inForce(),
                        "proxies", Math.max(0, fate.proxies()),
                        "refusals", fate.refusals(),
                        "notes", fate.notes()))
                .toList());
    }
}
