package dev.lateen.proxy.config;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import org.jspecify.annotations.Nullable;

/// Protobuf's JSON form, for bootstrap files and config dumps. Loads JSON and descriptors of every extension that may
/// appear in an Any, so nothing else should touch it.
///
/// Thread: any.
public final class ProtoJson {
    private final TypeRegistry types;

    public ProtoJson() {
        TypeRegistry.Builder builder = TypeRegistry.newBuilder();
        for (FileDescriptor file : KnownExtensions.files()) {
            builder.add(file.getMessageTypes());
        }
        types = builder.build();
    }

    /// Unknown fields and types are errors.
    public <B extends Message.Builder> B parse(String json, B into) throws InvalidProtocolBufferException {
        JsonFormat.parser().usingTypeRegistry(types).merge(json, into);
        return into;
    }

    public String print(Message message) throws InvalidProtocolBufferException {
        return JsonFormat.printer()
                .usingTypeRegistry(types)
                .preservingProtoFieldNames()
                .print(message);
    }

    /// The descriptor of what an Any holds, or null where its type is not known.
    com.google.protobuf.Descriptors.@Nullable Descriptor descriptor(com.google.protobuf.Any any) {
        return types.find(TypedConfig.messageName(any.getTypeUrl()));
    }
}
