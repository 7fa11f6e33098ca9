package dev.lateen.proxy.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The fields of each message that a decoder implements. Checking a resource against it before decoding makes sure that
/// nothing is silently ignored: a field that is set and not listed refuses the resource by the field's name.
///
/// Messages and fields are named by text, so that messages which no configuration uses are not loaded; a test compares
/// the names with the descriptors (`unknownNames`). The walk stops at `google.protobuf.Any`: whoever unpacks one checks
/// the inner message with its own list. Fields of messages that are not listed at all are refused as a whole.
///
/// Thread: any (immutable).
public final class ImplementedFields {
    private static final String WELL_KNOWN = "google.protobuf.";

    private final Map<String, Set<String>> fieldsByMessage;
    private final Set<String> whole;

    private ImplementedFields(Map<String, Set<String>> fieldsByMessage, Set<String> whole) {
        this.fieldsByMessage = fieldsByMessage;
        this.whole = whole;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Throws a `Refusal` which names the first field that is set but not implemented.
    public void check(Message message, Place at) {
        String type = message.getDescriptorForType().getFullName();
        if (type.startsWith(WELL_KNOWN) || whole.contains(type)) {
            return;
        }
        Set<String> fields = fieldsByMessage.get(type);
        if (fields == null) {
            throw at.refuse("message " + type + " is not supported by this proxy yet");
        }
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw at.refuse("field number "
                    + message.getUnknownFields().asMap().keySet().iterator().next() + " of " + type
                    + " is not known to this proxy; the sender speaks a newer version of the API");
        }
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            Place place = at.field(field.getName());
            if (!fields.contains(field.getName())) {
                throw place.unsupported();
            }
            checkValue(field, entry.getValue(), place);
        }
    }

    private void checkValue(FieldDescriptor field, Object value, Place at) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return;
        }
        if (!field.isRepeated()) {
            check((Message) value, at);
            return;
        }
        List<?> items = (List<?>) value;
        for (int index = 0; index < items.size(); index++) {
            Message item = (Message) items.get(index);
            if (field.isMapField()) {
                checkMapEntry(item, at);
            } else {
                check(item, at.index(index));
            }
        }
    }

    private void checkMapEntry(Message entry, Place at) {
        FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
        FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
        if (value.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            check((Message) entry.getField(value), at.key(String.valueOf(entry.getField(key))));
        }
    }

    /// Names listed for this message that it does not have; for tests.
    public Set<String> unknownNames(com.google.protobuf.Descriptors.Descriptor message) {
        Set<String> unknown = new HashSet<>();
        for (String name : fieldsByMessage.getOrDefault(message.getFullName(), Set.of())) {
            if (message.findFieldByName(name) == null) {
                unknown.add(name);
            }
        }
        return unknown;
    }

    public Set<String> messages() {
        return fieldsByMessage.keySet();
    }

    /// Collects the list. Naming a message twice adds up.
    public static final class Builder {
        private final Map<String, Set<String>> fieldsByMessage = new HashMap<>();
        private final Set<String> whole = new HashSet<>();

        private Builder() {}

        /// @param message full name, such as `envoy.config.cluster.v3.Cluster`
        /// @param fields names as in the .proto file
        public Builder message(String message, String... fields) {
            fieldsByMessage.computeIfAbsent(message, _ -> new HashSet<>()).addAll(Set.of(fields));
            return this;
        }

        /// Fields that change nothing about how traffic is treated, so that leaving them out is no lie.
        ///
        /// @param reason why it is harmless; for the reader only
        public Builder harmless(String message, String reason, String... fields) {
            return message(message, fields);
        }

        /// Every field of these messages is implemented, or they are data without meaning for us (metadata).
        public Builder whole(String... messages) {
            whole.addAll(Set.of(messages));
            return this;
        }

        public Builder include(ImplementedFields other) {
            other.fieldsByMessage.forEach((message, fields) -> fieldsByMessage
                    .computeIfAbsent(message, _ -> new HashSet<>())
                    .addAll(fields));
            whole.addAll(other.whole);
            return this;
        }

        public ImplementedFields build() {
            Map<String, Set<String>> copy = new HashMap<>();
            fieldsByMessage.forEach((message, fields) -> copy.put(message, Set.copyOf(fields)));
            return new ImplementedFields(Map.copyOf(copy), Set.copyOf(whole));
        }
    }
}
