package dev.lateen.model.telemetry;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node.Mapping;
import java.util.Optional;

/// A mesh's `accessLogFormat` where entries are JSON: text that is to be an object. Thread: any.
public final class LogObject {
    private LogObject() {}

    /// Its fields; empty where the text is no object.
    public static Optional<Mapping> fields(String format) {
        return format.startsWith("{")
                        && new YamlReader(YamlLimits.DEFAULT)
                                        .read(format, "accessLogFormat")
                                        .getFirst()
                                instanceof YamlDocument.Read read
                        && read.root() instanceof Mapping fields
                ? Optional.of(fields)
                : Optional.empty();
    }
}
