package dev.lateen.control.source;

import dev.lateen.model.resource.ParsedResource;
import java.util.List;

/// News of one file; its name is the path as positions carry it.
public sealed interface ConfigFile {
    String name();

    /// The file was read, whatever its documents turned out to be.
    record Present(String name, List<ParsedResource> resources) implements ConfigFile {
        public Present {
            resources = List.copyOf(resources);
        }
    }

    /// The file is there and cannot be read; its last good content stays.
    record Unreadable(String name, String reason) implements ConfigFile {}

    record Gone(String name) implements ConfigFile {}
}
