package dev.lateen.translate.message;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.lateen.xds.EnvoyTypes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Merges one message into another as an EnvoyFilter's `MERGE` does: single values replace, messages are merged, lists
/// grow, entries of maps replace those of the same key. A duration, or a number that may be absent, is a value. The
/// content of two `Any` of one type is merged; of two types, the new one replaces the old.
///
/// Thread: any.
public final class MessageMerge {
    private static final String ANY = "google.protobuf.Any";

    private final EnvoyTypes types;

    public MessageMerge(EnvoyTypes types) {
        this.types = types;
    }

    /// @param replaceLists whether a list takes the place of the one before, instead of making it longer
    /// @return a message of the same class
    @SuppressWarnings("unchecked")
    public <M extends Message> M merged(M base, Message patch, boolean replaceLists) {
        Message.Builder builder = base.toBuilder();
        merge(builder, patch, replaceLists);
        return (M) builder.build();
    }

    private void merge(Message.Builder into, Message patch, boolean replaceLists) {
        for (Map.Entry<FieldDescriptor, Object> entry : patch.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            Object value = entry.getValue();
            if (field.isMapField()) {
                putAll(into, field, (List<?>) value);
            } else if (field.isRepeated()) {
                if (replaceLists) {
                    into.clearField(field);
                }
                ((List<?>) value).forEach(item -> into.addRepeatedField(field, item));
            } else if (field.getJavaType() == JavaType.MESSAGE && into.hasField(field)) {
                into.setField(field, both((Message) into.getField(field), (Message) value, replaceLists));
            } else {
                into.setField(field, value);
            }
        }
    }

    private static void putAll(Message.Builder into, FieldDescriptor map, List<?> entries) {
        FieldDescriptor key = map.getMessageType().findFieldByNumber(1);
        Map<Object, Object> all = new LinkedHashMap<>();
        ((List<?>) into.getField(map)).forEach(entry -> all.put(((Message) entry).getField(key), entry));
        entries.forEach(entry -> all.put(((Message) entry).getField(key), entry));
        into.clearField(map);
        all.values().forEach(entry -> into.addRepeatedField(map, entry));
    }

    private Message both(Message base, Message patch, boolean replaceLists) {
        String type = base.getDescriptorForType().getFullName();
        if (type.equals("google.protobuf.Duration") || WellKnown.WRAPPERS.contains(type)) {
            return patch;
        }
        if (type.equals(ANY)) {
            return contents(base, patch, replaceLists);
        }
        if (renames(base, patch)) {
            return patch;
        }
        return merged(base, patch, replaceLists);
    }

    /// A transport socket of another name is another thing: nothing of the old one may stay.
    private static boolean renames(Message base, Message patch) {
        FieldDescriptor name = base.getDescriptorForType().findFieldByName("name");
        return base.getDescriptorForType().getFullName().equals("envoy.config.core.v3.TransportSocket")
                && !base.getField(name).equals(patch.getField(name));
    }

    private Message contents(Message base, Message patch, boolean replaceLists) {
        FieldDescriptor url = base.getDescriptorForType().findFieldByName("type_url");
        FieldDescriptor bytes = base.getDescriptorForType().findFieldByName("value");
        Optional<Descriptor> type = types.find((String) base.getField(url));
        if (!base.getField(url).equals(patch.getField(url)) || type.isEmpty()) {
            return patch;
        }
        try {
            Message.Builder content = DynamicMessage.newBuilder(type.get())
                    .mergeFrom((com.google.protobuf.ByteString) base.getField(bytes));
            merge(
                    content,
                    DynamicMessage.parseFrom(type.get(), (com.google.protobuf.ByteString) patch.getField(bytes)),
                    replaceLists);
            return base.toBuilder()
                    .setField(bytes, content.build().toByteString())
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("both have been encoded here", e);
        }
    }
}
