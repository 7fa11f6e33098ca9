package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How two manifests are compared: as Kubernetes reads them, not as Go prints them. The same means:
///
/// - null, an empty object or list, an empty text and, in a `status`, a zero or false, as if the field were not there:
///   Go prints `resources: {}` and `status: {}` for what nobody wrote. So it is with `test`, `paused` and
///   `minReadySeconds` of a DeploymentConfig.
/// - quantities by their value: `2000m` is `2`, `1024Mi` is `1Gi`.
/// - texts that hold JSON by what they hold: annotations `sidecar.istio.io/status` and `proxy.istio.io/overrides`,
///   environment `PROXY_CONFIG`, `ISTIO_META_POD_PORTS`, `ISTIO_KUBE_APP_PROBERS`.
/// - white space at the end of a text.
final class Normalized {
    private static final Set<String> JSON_TEXTS = Set.of(
            "sidecar.istio.io/status",
            "proxy.istio.io/overrides",
            "k8s.v1.cni.cncf.io/networks",
            "PROXY_CONFIG",
            "ISTIO_META_POD_PORTS",
            "ISTIO_KUBE_APP_PROBERS");
    private static final Set<String> ZERO_VALUES = Set.of("0", "false");
    private static final Set<String> ZEROES = Set.of("test", "paused", "minReadySeconds");
    private static final Set<String> QUANTITIES = Set.of("cpu", "memory", "ephemeral-storage");

    private Normalized() {}

    /// One line for each difference; none when the manifests are the same.
    static List<String> differences(List<JsonNode> expected, List<JsonNode> actual) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            JsonNode left = i < expected.size() ? normalize("", expected.get(i), false) : Trees.object();
            JsonNode right = i < actual.size() ? normalize("", actual.get(i), false) : Trees.object();
            compare(left.path("kind").asString("?"), left, right, differences);
        }
        return differences;
    }

    private static JsonNode normalize(String name, JsonNode node, boolean status) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = Trees.object();
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                boolean inStatus = status || field.getKey().equals("status");
                JsonNode value = normalize(field.getKey(), field.getValue(), inStatus);
                if (!isNothing(value, inStatus || ZEROES.contains(field.getKey()))) {
                    copy.set(field.getKey(), value);
                }
            }
            String variable = Trees.text(copy, "name");
            if (JSON_TEXTS.contains(variable) && copy.has("value")) {
                copy.set("value", parsed(Trees.text(copy, "value")));
            }
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = Trees.array();
            array.forEach(item -> copy.add(normalize("", item, status)));
            return copy;
        }
        if (JSON_TEXTS.contains(name)) {
            return parsed(node.asString(""));
        }
        if (QUANTITIES.contains(name)) {
            return Trees.array(quantity(node.asString("")).toPlainString());
        }
        return node.isString() ? Trees.array(node.asString().stripTrailing()).get(0) : node;
    }

    private static JsonNode parsed(String text) {
        try {
            return normalize("", Trees.parse(text), false);
        } catch (JacksonException _) {
            return Trees.array(text);
        }
    }

    private static boolean isNothing(JsonNode value, boolean status) {
        return value.isNull()
                || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.asString().isEmpty())
                || (status && ZERO_VALUES.contains(value.asString("")));
    }

    private static BigDecimal quantity(String text) {
        Map<String, BigDecimal> units = Map.of(
                "m", new BigDecimal("0.001"),
                "Ki", BigDecimal.valueOf(1L << 10),
                "Mi", BigDecimal.valueOf(1L << 20),
                "Gi", BigDecimal.valueOf(1L << 30),
                "k", BigDecimal.valueOf(1_000),
                "M", BigDecimal.valueOf(1_000_000),
                "G", BigDecimal.valueOf(1_000_000_000));
        String number = text.replaceAll("[A-Za-z]+$", "");
        BigDecimal unit = units.getOrDefault(text.substring(number.length()), BigDecimal.ONE);
        return new BigDecimal(number).multiply(unit).stripTrailingZeros();
    }

    private static void compare(String path, JsonNode expected, JsonNode actual, List<String> differences) {
        if (expected instanceof ObjectNode && actual instanceof ObjectNode) {
            Set<String> names = new TreeSet<>(expected.propertyNames());
            names.addAll(actual.propertyNames());
            names.forEach(name -> compare(path + "." + name, expected.path(name), actual.path(name), differences));
        } else if (expected instanceof ArrayNode left && actual instanceof ArrayNode right) {
            for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
                compare(path + "[" + i + "]", left.path(i), right.path(i), differences);
            }
        } else if (!expected.equals(actual) && !expected.asString("?").equals(actual.asString("!"))) {
            differences.add(path + ": expected " + expected + ", got " + actual);
        }
    }
}
