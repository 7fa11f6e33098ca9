package dev.lateen.proxy.config;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Protobuf's JSON form, for bootstrap files and config dumps. Loads a JSON library and descriptors, so nothing else
/// should touch it; writing loads those of every extension there is, reading only those that the text names.
///
/// Thread: any.
public final class ProtoJson {
    private static final Pattern TYPE = Pattern.compile("\"@type\"\\s*:\\s*\"[^\"]*/([^\"/]+)\"");

    private @Nullable TypeRegistry every;

    /// Unknown fields and types are errors. The text goes into a dynamic message first: filling generated ones by
    /// field goes through reflection, which costs several MiB for good.
    public <B extends Message.Builder> B parse(String json, B into) throws InvalidProtocolBufferException {
        return parse(json, into.getDescriptorForType(), typesIn(json, into), into);
    }

    /// As above, from the bare types of a packed class path where those know the message.
    ///
    /// @param type full name of the message, such as `envoy.config.bootstrap.v3.Bootstrap`
    public <B extends Message.Builder> B parse(String json, String type, B into) throws InvalidProtocolBufferException {
        return parse(json, type, into, BareTypes.ofClassPath());
    }

    static <B extends Message.Builder> B parse(String json, String type, B into, BareTypes types)
            throws InvalidProtocolBufferException {
        Set<String> packages = packagesIn(json);
        packages.add(packageOf(type));
        Map<String, Descriptor> bare = types.messages(packages);
        Descriptor descriptor = bare.get(type);
        if (descriptor == null) {
            return parse(json, into.getDescriptorForType(), typesIn(json, into), into);
        }
        TypeRegistry registry = TypeRegistry.newBuilder().add(bare.values()).build();
        return parse(json, descriptor, registry, into);
    }

    private static <B extends Message.Builder> B parse(String json, Descriptor type, TypeRegistry types, B into)
            throws InvalidProtocolBufferException {
        DynamicMessage.Builder tree = DynamicMessage.newBuilder(type);
        JsonFormat.parser().usingTypeRegistry(types).merge(json, tree);
        into.mergeFrom(tree.build().toByteString());
        return into;
    }

    public String print(Message message) throws InvalidProtocolBufferException {
        return JsonFormat.printer()
                .usingTypeRegistry(every())
                .preservingProtoFieldNames()
                .print(dynamic(message));
    }

    /// The same message in a form that can be asked for its fields by descriptor. Generated ones answer that through
    /// reflection on methods which a trimmed class path does not have.
    public static DynamicMessage dynamic(Message message) {
        if (message instanceof DynamicMessage already) {
            return already;
        }
        try {
            return DynamicMessage.parseFrom(message.getDescriptorForType(), message.toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message does not write what it reads", e);
        }
    }

    /// The descriptor of what an Any holds, or null where its type is not known.
    @Nullable
    Descriptor descriptor(com.google.protobuf.Any any) {
        return every().find(TypedConfig.messageName(any.getTypeUrl()));
    }

    private synchronized TypeRegistry every() {
        if (every == null) {
            every = registry(KnownExtensions.files());
        }
        return every;
    }

    private static Set<String> packagesIn(String json) {
        Set<String> packages = new HashSet<>();
        Matcher matcher = TYPE.matcher(json);
        while (matcher.find()) {
            packages.add(packageOf(matcher.group(1)));
        }
        return packages;
    }

    private static TypeRegistry typesIn(String json, Message.Builder into) {
        List<FileDescriptor> files = new ArrayList<>();
        files.add(into.getDescriptorForType().getFile());
        packagesIn(json).forEach(name -> files.addAll(KnownExtensions.files(name)));
        return registry(files);
    }

    /// Messages begin with a capital letter, packages do not.
    private static String packageOf(String message) {
        int end = 0;
        for (String part : message.split("\\.", -1)) {
            if (!part.isEmpty() && Character.isUpperCase(part.charAt(0))) {
                return message.substring(0, Math.max(0, end - 1));
            }
            end += part.length() + 1;
        }
        return message;
    }

    private static TypeRegistry registry(List<FileDescriptor> files) {
        TypeRegistry.Builder builder = TypeRegistry.newBuilder();
        files.forEach(file -> builder.add(file.getMessageTypes()));
        return builder.build();
    }
}
