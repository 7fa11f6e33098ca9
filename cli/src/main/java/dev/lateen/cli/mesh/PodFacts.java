package dev.lateen.cli.mesh;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What a pod's object says about it. Thread: any.
public record PodFacts(JsonNode object) {
    public static final String SIDECAR = "istio-proxy";

    public String name() {
        return Json.text(object, "metadata", "name");
    }

    public String namespace() {
        return Json.text(object, "metadata", "namespace");
    }

    /// `name.namespace`, as proxies are called.
    public String fullName() {
        return name() + "." + namespace();
    }

    public String address() {
        return Json.text(object, "status", "podIP");
    }

    public String phase() {
        return Json.text(object, "status", "phase");
    }

    public boolean running() {
        return phase().equals("Running") && !object.path("metadata").has("deletionTimestamp");
    }

    public boolean ready() {
        return running()
                && Json.items(object, "status", "conditions").stream()
                        .anyMatch(one -> Json.text(one, "type").equals("Ready")
                                && Json.text(one, "status").equals("True"));
    }

    public boolean onHostNetwork() {
        return Json.at(object, "spec", "hostNetwork").asBoolean(false);
    }

    public Map<String, String> labels() {
        return texts(Json.at(object, "metadata", "labels"));
    }

    public Map<String, String> annotations() {
        return texts(Json.at(object, "metadata", "annotations"));
    }

    private static Map<String, String> texts(JsonNode fields) {
        Map<String, String> found = new TreeMap<>();
        fields.properties()
                .forEach(field -> found.put(field.getKey(), field.getValue().asString("")));
        return found;
    }

    /// Its container of the mesh, among the others or, as a native sidecar, among those that start first.
    public Optional<JsonNode> sidecar() {
        return containers()
                .filter(one -> Json.text(one, "name").equals(SIDECAR))
                .findFirst();
    }

    /// Init containers too.
    public Stream<JsonNode> containers() {
        return Stream.concat(
                Json.items(object, "spec", "initContainers").stream(),
                Json.items(object, "spec", "containers").stream());
    }

    /// What a container is doing, as the kubelet says.
    public Optional<JsonNode> status(String container) {
        return Stream.of("containerStatuses", "initContainerStatuses")
                .flatMap(list -> Json.items(object, "status", list).stream())
                .filter(one -> Json.text(one, "name").equals(container))
                .findFirst();
    }

    /// Why it does not run or is not ready, in a few words; empty where nothing is known to be wrong.
    public String trouble() {
        List<String> reasons = new ArrayList<>();
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode one : Json.items(object, "status", list)) {
                String waiting = Json.text(one, "state", "waiting", "reason");
                String ended = Json.text(one, "state", "terminated", "reason");
                if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
                    reasons.add("container " + Json.text(one, "name") + ": " + waiting + detail(one, "waiting"));
                } else if (!ended.isEmpty() && !ended.equals("Completed")) {
                    reasons.add("container " + Json.text(one, "name") + ": " + ended + detail(one, "terminated"));
                }
            }
        }
        for (JsonNode one : Json.items(object, "status", "conditions")) {
            if (Json.text(one, "status").equals("False")
                    && Json.text(one, "type").equals("PodScheduled")) {
                reasons.add(Json.text(one, "message"));
            }
        }
        return String.join("; ", reasons);
    }

    private static String detail(JsonNode status, String state) {
        String message =
                Json.text(status, "state", state, "message").lines().findFirst().orElse("");
        return message.isEmpty() ? "" : " (" + message + ")";
    }
}
