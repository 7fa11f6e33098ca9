package dev.lateen.proxy.config;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes what `BareTypes` reads: every file of `KnownExtensions`, and what it imports.
///
/// Thread: any.
public final class BareTypesPack {
    /// They define options, which are left out.
    private static final List<String> ANNOTATIONS = List.of(
            "envoy/annotations/",
            "udpa/annotations/",
            "xds/annotations/",
            "validate/",
            "google/protobuf/descriptor.proto");

    private BareTypesPack() {}

    /// Files by their path on the class path.
    public static Map<String, byte[]> files() {
        Map<String, FileDescriptor> all = new TreeMap<>();
        KnownExtensions.files().forEach(file -> gather(file, all));
        String folder = BareTypes.class.getPackageName().replace('.', '/') + "/";
        StringBuilder index = new StringBuilder();
        Map<String, byte[]> packed = new TreeMap<>();
        all.forEach((path, file) -> {
            index.append(path).append(' ').append(file.getPackage()).append(' ');
            index.append(file.getOptions().getJavaPackage()).append('\n');
            packed.put(folder + BareTypes.FOLDER + path, bare(file.toProto()).toByteArray());
        });
        packed.put(folder + BareTypes.INDEX, index.toString().getBytes(StandardCharsets.UTF_8));
        return packed;
    }

    private static void gather(FileDescriptor file, Map<String, FileDescriptor> into) {
        if (!isAnnotation(file.getName()) && into.putIfAbsent(file.getName(), file) == null) {
            file.getDependencies().forEach(imported -> gather(imported, into));
        }
    }

    private static boolean isAnnotation(String path) {
        return ANNOTATIONS.stream().anyMatch(path::startsWith);
    }

    private static FileDescriptorProto bare(FileDescriptorProto file) {
        FileDescriptorProto.Builder bare = file.toBuilder()
                .clearOptions()
                .clearSourceCodeInfo()
                .clearExtension()
                .clearService()
                .clearDependency()
                .clearPublicDependency()
                .clearWeakDependency();
        for (int index = 0; index < file.getDependencyCount(); index++) {
            if (isAnnotation(file.getDependency(index))) {
                continue;
            }
            if (file.getPublicDependencyList().contains(index)) {
                bare.addPublicDependency(bare.getDependencyCount());
            }
            bare.addDependency(file.getDependency(index));
        }
        bare.getMessageTypeBuilderList().forEach(BareTypesPack::strip);
        bare.getEnumTypeBuilderList().forEach(BareTypesPack::strip);
        return bare.build();
    }

    /// Of all options only the mark of a map's entries says how a message is written.
    private static void strip(DescriptorProto.Builder message) {
        boolean map = message.getOptions().getMapEntry();
        message.clearOptions();
        if (map) {
            message.setOptions(MessageOptions.newBuilder().setMapEntry(true));
        }
        message.getFieldBuilderList().forEach(FieldDescriptorProto.Builder::clearOptions);
        message.getOneofDeclBuilderList().forEach(oneof -> oneof.clearOptions());
        message.getNestedTypeBuilderList().forEach(BareTypesPack::strip);
        message.getEnumTypeBuilderList().forEach(BareTypesPack::strip);
    }

    private static void strip(EnumDescriptorProto.Builder type) {
        boolean alias = type.getOptions().getAllowAlias();
        type.clearOptions();
        if (alias) {
            type.getOptionsBuilder().setAllowAlias(true);
        }
        type.getValueBuilderList().forEach(value -> value.clearOptions());
    }
}
