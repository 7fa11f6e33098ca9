package dev.lateen.cli;

import dev.lateen.cli.diagnosis.Redaction;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.output.Archive;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Yaml;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A report as it grows. Secrets are taken out of all that comes in; what cannot be read is noted, with the reason.
///
/// Thread: one; blocks.
final class Report {
    private static final List<String> PAGES = List.of(
            "syncz",
            "connections",
            "configz",
            "statusz",
            "registryz",
            "endpointz",
            "authenticationz",
            "trustz",
            "mesh",
            "push_status",
            "ratelimitz");

    private final Archive archive;
    private final List<String> problems = new ArrayList<>();

    Report(Archive archive) {
        this.archive = archive;
    }

    /// Where a text comes from.
    interface Text {
        String read() throws IOException;
    }

    void note(String problem) {
        problems.add(problem);
    }

    void add(String name, Text text) throws IOException {
        String read;
        try {
            read = Redaction.of(text.read());
        } catch (IOException | RuntimeException failure) {
            note(name + ": " + failure.getMessage());
            return;
        }
        archive.add(name, read);
    }

    void controlPlane(ControlPlaneAddress one) throws IOException {
        String directory = "control-plane/" + one.name() + "/";
        for (String page : PAGES) {
            add(directory + page + ".json", () -> json(one.debug().get("/debug/" + page)));
        }
        add(directory + "metrics.txt", () -> one.debug().get("/metrics"));
    }

    /// @param admin of the proxy
    void proxy(String directory, HttpPort admin) throws IOException {
        add(directory + "/config_dump.json", () -> json(admin.get("/config_dump?include_eds")));
        add(directory + "/clusters.txt", () -> admin.get("/clusters"));
        add(directory + "/stats.txt", () -> admin.get("/stats"));
        add(directory + "/certs.json", () -> json(admin.get("/certs")));
    }

    /// Nothing comes after.
    void end() throws IOException {
        archive.add("problems.txt", Redaction.of(String.join("\n", problems)) + "\n");
    }

    static String yaml(List<? extends JsonNode> objects) {
        StringBuilder text = new StringBuilder();
        for (JsonNode object : objects) {
            text.append("---\n").append(Yaml.write(Redaction.of(object)));
        }
        return text.toString();
    }

    private static String json(String text) {
        JsonNode tree = Json.read(text);
        return Json.write(tree instanceof ObjectNode ? Redaction.of(tree) : redacted(tree)) + "\n";
    }

    private static JsonNode redacted(JsonNode list) {
        return Json.tree(Json.items(list).stream().map(Redaction::of).toList());
    }
}
