package dev.lateen.dashboard.explain;

import java.util.List;

/// Why a proxy answered as it did.
///
/// @param cause what happened, in one line
/// @param because the values by which it was decided, in one line; may be empty
/// @param at where this is configured, the most specific first; empty where no resource has a say
/// @param change what to do about it; may be empty
public record Explanation(String cause, String because, List<Place> at, String change) {
    public Explanation {
        at = List.copyOf(at);
    }

    /// @param resource `KIND NAMESPACE/NAME`
    /// @param field of it; may be empty
    /// @param line `file:line`; empty where it is not known
    public record Place(String resource, String field, String line) {
        @Override
        public String toString() {
            return resource + (field.isEmpty() ? "" : " " + field) + (line.isEmpty() ? "" : " at " + line);
        }
    }
}
