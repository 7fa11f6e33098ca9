package dev.lateen.proxy.config;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
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
    private final Set<String> harmless;
    private final Set<String> whole;
    private final Map<String, Set<Integer>> newer;

    private ImplementedFields(
            Map<String, Set<String>> fieldsByMessage,
            Set<String> harmless,
            Set<String> whole,
            Map<String, Set<Integer>> newer) {
        this.fieldsByMessage = fieldsByMessage;
        this.harmless = harmless;
        this.whole = whole;
        this.newer = newer;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Throws a `Refusal` which names the first field that is set but not implemented. It reads the wire form:
    /// asking generated messages for their fields goes through reflection, which costs several MiB for good.
    public void check(Message message, Place at) {
        Descriptor type = BareTypes.ofClassPath().of(message).orElseGet(message::getDescriptorForType);
        if (isTakenWhole(type)) {
            return;
        }
        try {
            check(message.toByteString().newCodedInput(), type, at);
        } catch (IOException e) {
            throw new IllegalStateException("a message does not write what it reads", e);
        }
    }

    private boolean isTakenWhole(Descriptor type) {
        return type.getFullName().startsWith(WELL_KNOWN) || whole.contains(type.getFullName());
    }

    private void check(CodedInputStream in, Descriptor type, Place at) throws IOException {
        Set<String> fields = fieldsByMessage.get(type.getFullName());
        if (fields == null) {
            throw at.refuse("message " + type.getFullName() + " is not supported by this proxy yet");
        }
        int[] items = new int[type.getFields().size()];
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            FieldDescriptor field = type.findFieldByNumber(number);
            if (field == null) {
                if (!newer.getOrDefault(type.getFullName(), Set.of()).contains(number)) {
                    throw at.refuse("field number " + number + " of " + type.getFullName()
                            + " is not known to this proxy; the sender speaks a newer version of the API");
                }
                in.skipField(tag);
                continue;
            }
            Place place = at.field(field.getName());
            if (!fields.contains(field.getName())) {
                throw place.unsupported();
            }
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                in.skipField(tag);
            } else if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                throw place.refuse("is no message on the wire; the sender speaks another version of the API");
            } else if (field.isMapField()) {
                checkMapEntry(in, field.getMessageType(), place);
            } else {
                boolean repeated = field.isRepeated();
                checkInner(in, field.getMessageType(), repeated ? place.index(items[field.getIndex()]++) : place);
            }
        }
    }

    /// Whatever begins with its length.
    private void checkInner(CodedInputStream in, Descriptor type, Place at) throws IOException {
        int length = in.readRawVarint32();
        if (isTakenWhole(type)) {
            in.skipRawBytes(length);
            return;
        }
        int limit = in.pushLimit(length);
        check(in, type, at);
        in.popLimit(limit);
    }

    /// A map travels as entries with the fields 1, key, and 2, value, in this order.
    private void checkMapEntry(CodedInputStream in, Descriptor entry, Place at) throws IOException {
        FieldDescriptor key = entry.findFieldByNumber(1);
        FieldDescriptor value = entry.findFieldByNumber(2);
        String name = "";
        int limit = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1 && key.getJavaType() == FieldDescriptor.JavaType.STRING) {
                name = in.readString();
            } else if (WireFormat.getTagFieldNumber(tag) == 2
                    && value.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                checkInner(in, value.getMessageType(), at.key(name));
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(limit);
    }

    /// Names listed for this message that it does not have; for tests.
    public Set<String> unknownNames(Descriptor message) {
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

    /// The fields of a message that decoders read, as opposed to those that are harmless; for tests.
    public Set<String> read(String message) {
        Set<String> read = new HashSet<>();
        for (String field : fieldsByMessage.getOrDefault(message, Set.of())) {
            if (!harmless.contains(message + ":" + field)) {
                read.add(field);
            }
        }
        return read;
    }

    /// Collects the list. Naming a message twice adds up.
    public static final class Builder {
        private final Map<String, Set<String>> fieldsByMessage = new HashMap<>();
        private final Set<String> harmless = new HashSet<>();
        private final Set<String> whole = new HashSet<>();
        private final Map<String, Set<Integer>> newer = new HashMap<>();

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
            for (String field : fields) {
                harmless.add(message + ":" + field);
            }
            return message(message, fields);
        }

        /// Every field of these messages is implemented, or they are data without meaning for us (metadata).
        public Builder whole(String... messages) {
            whole.addAll(Set.of(messages));
            return this;
        }

        /// A field that the message's type does not know, see `NewerFields`.
        public Builder newer(String message, int number) {
            newer.computeIfAbsent(message, _ -> new HashSet<>()).add(number);
            return this;
        }

        public Builder include(ImplementedFields other) {
            other.fieldsByMessage.forEach((message, fields) -> fieldsByMessage
                    .computeIfAbsent(message, _ -> new HashSet<>())
                    .addAll(fields));
            harmless.addAll(other.harmless);
            whole.addAll(other.whole);
            other.newer.forEach((message, numbers) ->
                    newer.computeIfAbsent(message, _ -> new HashSet<>()).addAll(numbers));
            return this;
        }

        public ImplementedFields build() {
            Map<String, Set<String>> copy = new HashMap<>();
            fieldsByMessage.forEach((message, fields) -> copy.put(message, Set.copyOf(fields)));
            Map<String, Set<Integer>> numbers = new HashMap<>();
            newer.forEach((message, some) -> numbers.put(message, Set.copyOf(some)));
            return new ImplementedFields(
                    Map.copyOf(copy), Set.copyOf(harmless), Set.copyOf(whole), Map.copyOf(numbers));
        }
    }
}
