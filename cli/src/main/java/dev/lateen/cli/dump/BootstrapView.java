package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What a proxy was started with.
///
/// @param section `BootstrapConfigDump`
public record BootstrapView(JsonNode section) {
    public static BootstrapView of(ConfigDump dump) {
        return new BootstrapView(dump.section("BootstrapConfigDump"));
    }

    /// Which versions run.
    public String versions() {
        JsonNode node = Json.at(section, "bootstrap", "node");
        JsonNode metadata = node.path("metadata");
        Table table =
                new Table(1, "Istio Version:", metadata.path("ISTIO_VERSION").asString(""));
        String revision = metadata.path("ISTIO_PROXY_SHA").asString(""); // some put a name and a colon in front
        table.row("Istio Proxy Version:", revision.substring(revision.lastIndexOf(':') + 1));
        table.row("Envoy Version:", build(node.path("userAgentBuildVersion")));
        return table.toString();
    }

    /// `1.2.3/Clean/RELEASE/BoringSSL`, as far as it is told.
    private static String build(JsonNode build) {
        JsonNode number = build.path("version");
        String version = number.path("majorNumber").asInt(0) + "."
                + number.path("minorNumber").asInt(0) + "."
                + number.path("patch").asInt(0);
        JsonNode metadata = build.path("metadata");
        return Stream.of(
                        version,
                        metadata.path("revision.status").asString(""),
                        metadata.path("build.type").asString(""),
                        metadata.path("ssl.version").asString(""))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
    }
}
