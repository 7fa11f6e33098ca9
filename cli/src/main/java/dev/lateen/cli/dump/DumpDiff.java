package dev.lateen.cli.dump;

import dev.lateen.cli.output.Yaml;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Compares what the control plane sent to a proxy with what the proxy holds.
public final class DumpDiff {
    private DumpDiff() {}

    /// A line for each kind that is equal, a unified diff for each that is not.
    public static String of(ConfigDump sent, ConfigDump held) {
        StringBuilder text = new StringBuilder();
        for (String kind : List.of("Clusters", "Listeners", "Routes")) {
            String difference = difference(kind, byName(sent.dynamic(kind)), byName(held.dynamic(kind)));
            text.append(difference.isEmpty() ? kind + " Match\n" : difference);
        }
        return text.toString();
    }

    private static Map<String, String> byName(List<JsonNode> resources) {
        Map<String, String> all = new TreeMap<>();
        resources.forEach(resource -> all.put(resource.path("name").asString(""), Yaml.write(resource)));
        return all;
    }

    private static String difference(String kind, Map<String, String> sent, Map<String, String> held) {
        StringBuilder text = new StringBuilder();
        Map<String, String> all = new TreeMap<>(sent);
        all.putAll(held);
        for (String name : all.keySet()) {
            String left = sent.getOrDefault(name, "");
            String right = held.getOrDefault(name, "");
            if (!left.equals(right)) {
                text.append("--- control plane: ").append(name).append('\n');
                text.append("+++ proxy: ").append(name).append('\n');
                text.append(LineDiff.of(left.lines().toList(), right.lines().toList()));
            }
        }
        return text.isEmpty() ? "" : kind + " Don't Match\n" + text;
    }
}
