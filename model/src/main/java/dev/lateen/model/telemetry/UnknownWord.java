package dev.lateen.model.telemetry;

import dev.lateen.model.diagnostic.Spelling;
import java.util.List;

/// A word of telemetry that the mesh's own proxy does not know.
///
/// @param what such as `attribute 'request.time'`
/// @param known what it knows in that place; empty where it is no question of words
public record UnknownWord(String what, List<String> known) {
    public UnknownWord {
        known = List.copyOf(known);
    }

    /// What to write instead.
    public String advice() {
        int from = what.indexOf('\'') + 1;
        int to = what.lastIndexOf('\'');
        String near = from > 0 && to > from ? Spelling.advice(what.substring(from, to), known) : "";
        String all = known.isEmpty() ? "" : "known are " + String.join(", ", known);
        return near.isEmpty() || all.isEmpty() ? near + all : near + " " + all;
    }
}
