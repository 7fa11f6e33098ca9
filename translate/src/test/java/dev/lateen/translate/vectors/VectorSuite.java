package dev.lateen.translate.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One suite of cases with generated resources, and how many of them pass each bar.
final class VectorSuite {
    private static final List<ResourceType> TYPES =
            List.of(ResourceType.CLUSTER, ResourceType.ENDPOINT, ResourceType.LISTENER, ResourceType.ROUTE);

    private final Map<String, Integer> passed = new LinkedHashMap<>();
    private final Map<String, Integer> total = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final Path root;

    VectorSuite(Path root) {
        this.root = root;
    }

    /// The share of the cases that pass a bar.
    double share(String bar) {
        return (double) passed.getOrDefault(bar, 0) / total.getOrDefault(bar, 1);
    }

    List<String> failures() {
        return failures;
    }

    VectorSuite run() {
        try (Stream<Path> folders = Files.list(root)) {
            folders.filter(Files::isDirectory)
                    .filter(f -> !f.getFileName().toString().startsWith("_"))
                    .sorted()
                    .forEach(this::one);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    String report() {
        StringBuilder text = new StringBuilder("vectors ").append(root.getFileName());
        total.forEach((bar, all) -> text.append(text.indexOf(":") < 0 ? ": " : ", ")
                .append(bar)
                .append(' ')
                .append(passed.getOrDefault(bar, 0))
                .append(" of ")
                .append(all));
        return text.toString();
    }

    private void count(String bar, boolean ok, String name, String detail) {
        total.merge(bar, 1, Integer::sum);
        if (ok) {
            passed.merge(bar, 1, Integer::sum);
        } else {
            failures.add(bar + " " + name + " " + detail);
        }
    }

    private void one(Path folder) {
        VectorCase input = new VectorCase(folder);
        Map<ResourceType, Map<String, JsonElement>> actual = new TreeMap<>();
        try {
            XdsResources resources = new Translator().translate(input.snapshot(), input.node());
            for (ResourceType type : TYPES) {
                actual.put(type, Messages.actual(resources.ofType(type).values(), type));
            }
        } catch (RuntimeException e) {
            for (ResourceType type : TYPES) {
                actual.put(type, Map.of());
            }
            StackTraceElement at = e.getStackTrace().length > 0 ? e.getStackTrace()[0] : null;
            failures.add("threw " + input.name() + " " + e + " at " + at);
        }
        try {
            resources(input, actual);
            calls(input, actual);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void resources(VectorCase input, Map<ResourceType, Map<String, JsonElement>> actual) throws IOException {
        if (!Files.exists(input.file("expected.listeners.json"))) {
            return;
        }
        boolean names = true;
        boolean everything = true;
        // A sidecar always listens: where it does not, only its clusters were recorded.
        boolean listenersRecorded = input.node().isRouter()
                || !Messages.expected(input.file("expected.listeners.json"), ResourceType.LISTENER)
                        .isEmpty();
        for (ResourceType type : TYPES) {
            String plural = type.name().toLowerCase(java.util.Locale.ROOT) + "s";
            Path file = input.file("expected." + plural + ".json");
            if (type == ResourceType.ENDPOINT && !Files.exists(file)) {
                continue;
            }
            Map<String, JsonElement> wanted = Messages.expected(file, type);
            if (wanted.isEmpty()
                    && !listenersRecorded
                    && (type == ResourceType.LISTENER || type == ResourceType.ROUTE)) {
                continue;
            }
            Set<String> names1 = wanted.keySet();
            boolean sameNames = names1.equals(actual.get(type).keySet());
            boolean same = wanted.equals(actual.get(type));
            count(
                    plural + "-names",
                    sameNames,
                    input.name(),
                    difference(names1, actual.get(type).keySet()));
            count(plural, same, input.name(), sameNames ? firstDifference(wanted, actual.get(type)) : "");
            names &= sameNames;
            everything &= same;
        }
        count("names", names, input.name(), "");
        count("everything", everything, input.name(), "");
    }

    private static String difference(Set<String> wanted, Set<String> actual) {
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(actual);
        List<String> extra = new ArrayList<>(actual);
        extra.removeAll(wanted);
        return "missing " + missing + " extra " + extra;
    }

    private static String firstDifference(Map<String, JsonElement> wanted, Map<String, JsonElement> actual) {
        for (Map.Entry<String, JsonElement> entry : wanted.entrySet()) {
            JsonElement other = actual.get(entry.getKey());
            if (!entry.getValue().equals(other)) {
                return entry.getKey() + diff("", entry.getValue(), other);
            }
        }
        return "";
    }

    private static String diff(String path, JsonElement wanted, JsonElement actual) {
        if (wanted instanceof JsonObject a && actual instanceof JsonObject b) {
            for (String key : a.keySet()) {
                if (!b.has(key)) {
                    return path + "." + key + " missing: " + a.get(key);
                }
                if (!a.get(key).equals(b.get(key))) {
                    return diff(path + "." + key, a.get(key), b.get(key));
                }
            }
            for (String key : b.keySet()) {
                if (!a.has(key)) {
                    return path + "." + key + " extra: " + b.get(key);
                }
            }
        }
        if (wanted.isJsonArray() && actual.isJsonArray()) {
            int n = Math.min(
                    wanted.getAsJsonArray().size(), actual.getAsJsonArray().size());
            for (int i = 0; i < n; i++) {
                JsonElement a = wanted.getAsJsonArray().get(i);
                JsonElement b = actual.getAsJsonArray().get(i);
                if (!a.equals(b)) {
                    return diff(path + "[" + i + "]", a, b);
                }
            }
        }
        return path + " wanted " + wanted + " actual " + actual;
    }

    private void calls(VectorCase input, Map<ResourceType, Map<String, JsonElement>> actual) throws IOException {
        Path file = input.file("expected.calls.json");
        if (!Files.exists(file)) {
            file = input.file("expected.json");
        }
        if (!Files.exists(file)) {
            return;
        }
        JsonObject expected = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        Simulator simulator = new Simulator(actual.get(ResourceType.LISTENER), actual.get(ResourceType.ROUTE));
        boolean all = true;
        boolean strict = true;
        String detail = "";
        for (JsonElement element : expected.getAsJsonArray("calls")) {
            JsonObject call = element.getAsJsonObject();
            Map<String, String> result = simulator.run(call.getAsJsonObject("call"));
            boolean ok = agrees(call.getAsJsonObject("expect"), result);
            if (!ok && detail.isEmpty()) {
                detail = call.get("call") + " wanted " + call.get("expect") + " was " + result;
            }
            all &= ok;
            if (call.has("actual")) {
                strict &= agrees(call.getAsJsonObject("actual"), result);
            }
        }
        count("calls", all, input.name(), detail);
        if (root.getFileName().toString().equals("simulation")) {
            count("calls-strict", strict, input.name(), "");
        }
    }

    private static boolean agrees(JsonObject expect, Map<String, String> result) {
        for (Map.Entry<String, JsonElement> entry : expect.entrySet()) {
            if (entry.getValue().isJsonPrimitive()
                    && !entry.getValue().getAsString().equals(result.getOrDefault(entry.getKey(), ""))) {
                return false;
            }
        }
        return true;
    }

    public static void main(String[] args) {
        VectorSuite suite = new VectorSuite(Path.of(args[0])).run();
        suite.failures().forEach(System.out::println);
        System.out.println(suite.report());
    }
}
