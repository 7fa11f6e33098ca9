package dev.lateen.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The types of all messages that Envoy's API knows, also of those for which no class was generated: what users write
/// into an EnvoyFilter is not limited to what we make ourselves. Reads the index on the first question, and of the
/// types only those that are asked for: all of them take some ten MiB.
///
/// Thread: any.
public final class EnvoyTypes {
    private static final String FILE = "/META-INF/lateen/envoy-types.pb";

    /// Encoded files by name.
    private final Map<String, ByteString> files = new HashMap<>();

    private final Map<String, String> fileOfMessage = new HashMap<>();
    private final Map<String, FileDescriptor> read = new HashMap<>();

    /// The type that a URL such as `type.googleapis.com/envoy.config.cluster.v3.Cluster` names.
    public synchronized Optional<Descriptor> find(String typeUrl) {
        if (files.isEmpty()) {
            index();
        }
        String message = typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
        String file = fileOfMessage.get(message);
        return file == null ? Optional.empty() : Optional.of(inFile(file(file), message));
    }

    /// Full names of all messages.
    public synchronized Set<String> names() {
        if (files.isEmpty()) {
            index();
        }
        return Set.copyOf(fileOfMessage.keySet());
    }

    private void index() {
        try (InputStream stream = EnvoyTypes.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw new IllegalStateException("the build has not made " + FILE);
            }
            CodedInputStream in = CodedInputStream.newInstance(stream.readAllBytes());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == FileDescriptorSet.FILE_FIELD_NUMBER) {
                    index(in.readBytes());
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
    }

    private void index(ByteString encoded) throws IOException {
        FileDescriptorProto file = FileDescriptorProto.parseFrom(encoded);
        files.put(file.getName(), encoded);
        for (DescriptorProto message : file.getMessageTypeList()) {
            index(file.getName(), file.getPackage() + "." + message.getName(), message);
        }
    }

    private void index(String file, String name, DescriptorProto message) {
        fileOfMessage.put(name, file);
        for (DescriptorProto inner : message.getNestedTypeList()) {
            index(file, name + "." + inner.getName(), inner);
        }
    }

    private FileDescriptor file(String name) {
        FileDescriptor known = read.get(name);
        if (known != null) {
            return known;
        }
        try {
            FileDescriptorProto file = FileDescriptorProto.parseFrom(files.get(name));
            FileDescriptor[] imports =
                    file.getDependencyList().stream().map(this::file).toArray(FileDescriptor[]::new);
            FileDescriptor made = FileDescriptor.buildFrom(file, imports);
            read.put(name, made);
            return made;
        } catch (IOException | DescriptorValidationException e) {
            throw new IllegalStateException("the build has made it: " + name, e);
        }
    }

    private static Descriptor inFile(FileDescriptor file, String message) {
        String inner = file.getPackage().isEmpty()
                ? message
                : message.substring(file.getPackage().length() + 1);
        String[] parts = inner.split("\\.", -1);
        Descriptor found = file.findMessageTypeByName(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            found = found.findNestedTypeByName(parts[i]);
        }
        return found;
    }
}
