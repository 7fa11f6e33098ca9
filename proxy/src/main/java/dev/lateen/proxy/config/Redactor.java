package dev.lateen.proxy.config;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;

/// Takes secrets out of messages before anybody sees them: whatever the API marks as sensitive, at any depth, inside of
/// Any too. What cannot be looked into is left out as a whole.
///
/// Thread: any.
public final class Redactor {
    private static final String REDACTED = "[redacted]";
    private static final ByteString REDACTED_BYTES = ByteString.copyFromUtf8(REDACTED);

    private final ProtoJson types;

    public Redactor(ProtoJson types) {
        this.types = types;
    }

    public Message redact(Message message) {
        return redact(ProtoJson.dynamic(message), false);
    }

    private Message redact(Message message, boolean sensitive) {
        Message.Builder builder = message.toBuilder();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            boolean hidden = sensitive || isSensitive(field);
            if (!field.isRepeated()) {
                builder.setField(field, value(field, entry.getValue(), hidden));
                continue;
            }
            List<?> items = (List<?>) entry.getValue();
            for (int index = 0; index < items.size(); index++) {
                builder.setRepeatedField(field, index, value(field, items.get(index), hidden));
            }
        }
        return builder.build();
    }

    /// Any of the two annotations that mark a field.
    private static boolean isSensitive(FieldDescriptor field) {
        return field.getOptions().getExtension(udpa.annotations.Sensitive.sensitive);
    }

    private Object value(FieldDescriptor field, Object value, boolean hidden) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message((Message) value, hidden);
            case STRING -> hidden ? REDACTED : value;
            case BYTE_STRING -> hidden ? REDACTED_BYTES : value;
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, ENUM -> value;
        };
    }

    /// Inside a dynamic message an Any is dynamic too.
    private Message message(Message message, boolean hidden) {
        if (message instanceof Any any) {
            return any(any, hidden);
        }
        if (!message.getDescriptorForType().getFullName().equals("google.protobuf.Any")) {
            return redact(message, hidden);
        }
        try {
            return any(Any.parseFrom(message.toByteString()), hidden);
        } catch (InvalidProtocolBufferException _) {
            return Any.getDefaultInstance();
        }
    }

    private Any any(Any any, boolean hidden) {
        Descriptor descriptor = types.descriptor(any);
        if (descriptor == null || hidden) {
            return any.toBuilder().clearValue().build();
        }
        try {
            Message inner = DynamicMessage.parseFrom(descriptor, any.getValue());
            return any.toBuilder().setValue(redact(inner, false).toByteString()).build();
        } catch (InvalidProtocolBufferException _) {
            return any.toBuilder().clearValue().build();
        }
    }
}
