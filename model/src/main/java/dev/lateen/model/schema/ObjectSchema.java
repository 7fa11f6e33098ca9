package dev.lateen.model.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The fields of an object, in the order of the documentation.
public record ObjectSchema(String name, Map<String, FieldSchema> fields) {
    public ObjectSchema {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public Optional<FieldSchema> field(String fieldName) {
        return Optional.ofNullable(fields.get(fieldName));
    }
}
