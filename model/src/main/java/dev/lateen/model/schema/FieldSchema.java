package dev.lateen.model.schema;

/// One field of an object.
///
/// @param oneof the group of which only one field may be set; empty for none
/// @param fallback the value that holds when the field is absent, as text; empty for none
/// @param doc what the field is for, in one sentence
public record FieldSchema(
        String name, FieldType type, Standing standing, boolean required, String oneof, String fallback, String doc) {

    public enum Standing {
        NORMAL,
        /// Istio's API marks it as deprecated.
        DEPRECATED,
        /// An addition of ours, which Istio itself would drop.
        EXTENSION
    }
}
