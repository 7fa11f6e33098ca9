package dev.lateen.model.source;

/// What one file may cost. Beyond a limit the document is refused with a diagnostic; the reader never runs out of
/// memory or stack.
///
/// @param maxCharacters length of a whole file
/// @param maxDepth nesting of mappings and sequences
/// @param maxNodes values in one document, aliases counted as often as they are used
/// @param maxDocuments documents in one file
public record YamlLimits(int maxCharacters, int maxDepth, int maxNodes, int maxDocuments) {
    public static final YamlLimits DEFAULT = new YamlLimits(16 * 1024 * 1024, 100, 500_000, 100_000);

    public YamlLimits {
        if (maxCharacters < 1 || maxDepth < 1 || maxNodes < 1 || maxDocuments < 1) {
            throw new IllegalArgumentException("limits: must be positive");
        }
    }
}
