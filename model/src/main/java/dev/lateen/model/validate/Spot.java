package dev.lateen.model.validate;

import dev.lateen.model.tree.Position;

/// A place in a resource that a finding can point at.
///
/// @param path the field from the document's root
/// @param value what stands there, where it is a scalar; otherwise empty
public record Spot(Position at, String path, String value) {
    private static final int LONGEST_VALUE = 120;

    /// The value, short enough for a message.
    public String shownValue() {
        return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }
}
