package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// How far one resource has come: the answers of `/debug/statusz` of all control planes put together. Thread: any.
///
/// @param known whether every control plane has it
/// @param inForce on how many proxies, of those that are connected
/// @param refusals what keeps it from ever getting further
public record Distribution(boolean known, int inForce, int proxies, List<String> refusals) {
    /// @param kind as a person writes it: `virtualservice`, `vs`, `VirtualService`
    /// @param pages one from each control plane
    public static Distribution of(String kind, String name, String namespace, List<JsonNode> pages) {
        String wanted = kind(kind);
        int known = 0;
        int inForce = 0;
        int proxies = 0;
        List<String> refusals = new java.util.ArrayList<>();
        for (JsonNode page : pages) {
            for (JsonNode one : Json.items(page, "resources")) {
                if (Json.text(one, "kind").toLowerCase(Locale.ROOT).equals(wanted)
                        && Json.text(one, "name").equals(name)
                        && Json.text(one, "namespace").equals(namespace)) {
                    known++;
                    inForce += Json.at(one, "programmed", "proxies").asInt(0);
                    proxies += Json.at(one, "programmed", "of").asInt(0);
                    refusals.addAll(refusals(one));
                }
            }
        }
        return new Distribution(
                known == pages.size() && known > 0,
                inForce,
                proxies,
                refusals.stream().distinct().toList());
    }

    private static List<String> refusals(JsonNode resource) {
        List<String> found = new java.util.ArrayList<>();
        if (!resource.has("programmed")) {
            found.add("not accepted: "
                    + Json.items(resource, "diagnostics").stream()
                            .filter(one -> Json.text(one, "severity").equals("error"))
                            .map(one -> Json.text(one, "at") + ": " + Json.text(one, "message"))
                            .collect(Collectors.joining("; ")));
        }
        Json.items(resource, "rejected")
                .forEach(one ->
                        found.add("proxy " + Json.text(one, "proxy") + " has refused it: " + Json.text(one, "reason")));
        return found;
    }

    /// Singular, without the group, in lower case.
    static String kind(String text) {
        String word = text.toLowerCase(Locale.ROOT).replaceFirst("\\..*$", "");
        return switch (word) {
            case "vs" -> "virtualservice";
            case "dr" -> "destinationrule";
            case "gw" -> "gateway";
            case "se" -> "serviceentry";
            case "we" -> "workloadentry";
            case "wg" -> "workloadgroup";
            case "pa" -> "peerauthentication";
            case "ra" -> "requestauthentication";
            case "ap" -> "authorizationpolicy";
            case "authorizationpolicies", "serviceentries", "workloadentries", "telemetries" ->
                word.replaceFirst("ies$", "y");
            default -> word.replaceFirst("s$", "");
        };
    }

    /// Whether a person who writes the one means the other.
    public static boolean isKind(String written, String kind) {
        return kind(written).equals(kind.toLowerCase(Locale.ROOT));
    }

    /// @param threshold share of the proxies, up to 1
    public boolean reached(double threshold) {
        return known && refusals.isEmpty() && inForce >= Math.ceil(proxies * threshold);
    }

    public String text() {
        return known
                ? "in force on " + inForce + " of " + proxies + " proxies"
                : "not known to every control plane yet";
    }
}
