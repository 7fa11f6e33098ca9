package dev.lateen.model.tree;

/// A place in a file, as editors count: line and column from 1.
///
/// @param file the path as the user gave it, or a name such as `<stdin>` or `kubernetes`
public record Position(String file, int line, int column) {
    /// Where nothing better is known: an object that came without text, such as one built by a test.
    public static final Position UNKNOWN = new Position("<unknown>", 0, 0);

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
