package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which `values` there are: those of the chart, and below each empty object or list whatever users put there. What
/// Istio's charts know and has no effect here is told as a warning, everything else is refused by name. Thread: any.
/// Differs: Istio refuses only what it does not know.
final class KnownValues {
    private static final String GATEWAYS = "gateways";
    private static final String DEFAULTS = "gatewayDefaults";

    private final ObjectNode chart = InstallResource.object("chart/values.yaml");
    private final Set<String> withoutEffect = InstallResource.text("values-without-effect.txt")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .collect(Collectors.toSet());

    /// @param values as they stand in a file, of which `path` names the place
    List<Diagnostic> check(Mapping values, String path) {
        List<Diagnostic> found = new ArrayList<>();
        check(values, chart, "", path, found);
        return found;
    }

    private void check(Mapping values, JsonNode known, String own, String path, List<Diagnostic> found) {
        for (Map.Entry<String, Field> entry : values.fields().entrySet()) {
            String name = entry.getKey();
            String place = own.isEmpty() ? name : own + "." + name;
            JsonNode below = own.equals(GATEWAYS) ? gateway(name, known) : known.path(name);
            if (below.isMissingNode()) {
                found.add(unknown(entry.getValue(), name, place, path + "." + place, known));
            } else if (below instanceof ObjectNode object
                    && !object.isEmpty()
                    && entry.getValue().value() instanceof Mapping inner) {
                check(inner, object, place, path, found);
            }
        }
    }

    /// Users name gateways as they like; what one may say is the same for all.
    private JsonNode gateway(String name, JsonNode known) {
        boolean setting = known.path(name) instanceof ObjectNode object && object.isEmpty();
        if (setting) {
            return known.path(name);
        }
        ObjectNode fields = Trees.into(chart, DEFAULTS, "ingressgateway").deepCopy();
        fields.put("enabled", true);
        fields.put("kind", "ingressgateway");
        return fields;
    }

    private Diagnostic unknown(Field field, String name, String place, String path, JsonNode known) {
        if (hasNoEffect(place)) {
            return Diagnostic.warning("no-effect", field.keyAt(), path, "has no effect in this mesh")
                    .withAdvice("remove it, or leave it for Istio");
        }
        Set<String> names = new LinkedHashSet<>(known.propertyNames());
        String advice = Spelling.advice(name, names);
        return Diagnostic.error("unknown-field", field.keyAt(), path, "there is no value of this name")
                .withExpected(advice.isEmpty() && names.size() <= 20 ? "one of " + String.join(", ", names) : "")
                .withAdvice(advice.isEmpty() ? "lateen profile dump shows the values that there are" : advice);
    }

    /// `gateways.*` in the list stands for each gateway.
    private boolean hasNoEffect(String place) {
        if (withoutEffect.contains(place)) {
            return true;
        }
        return place.startsWith("gateways.")
                && withoutEffect.contains("gateways.*" + place.substring(place.indexOf('.', "gateways.".length())));
    }
}
