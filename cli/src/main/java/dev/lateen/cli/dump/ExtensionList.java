package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import tools.jackson.databind.JsonNode;

/// The filters that came by ECDS.
///
/// @param section `EcdsConfigDump`
public record ExtensionList(JsonNode section) {
    public static ExtensionList of(ConfigDump dump) {
        return new ExtensionList(dump.section("EcdsConfigDump"));
    }

    public boolean isEmpty() {
        return Json.items(section, "ecdsFilters").isEmpty();
    }

    public String table() {
        Rows rows = Rows.of(5, false, "ECDS NAME", "TYPE");
        for (JsonNode entry : Json.items(section, "ecdsFilters")) {
            String type = Json.text(entry, "ecdsFilter", "typedConfig", "@type");
            rows.add("", Json.text(entry, "ecdsFilter", "name"), type.substring(type.lastIndexOf('/') + 1));
        }
        return rows.toString();
    }
}
