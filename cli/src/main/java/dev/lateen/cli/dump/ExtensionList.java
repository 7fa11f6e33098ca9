package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.Comparator;
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
        Json.items(section, "ecdsFilters").stream()
                .sorted(Comparator.comparing(ExtensionList::type).thenComparing(ExtensionList::name))
                .forEach(entry -> rows.add("", name(entry), type(entry)));
        return rows.toString();
    }

    private static String name(JsonNode entry) {
        return Json.text(entry, "ecdsFilter", "name");
    }

    private static String type(JsonNode entry) {
        String type = Json.text(entry, "ecdsFilter", "typedConfig", "@type");
        return type.substring(type.lastIndexOf('/') + 1);
    }
}
