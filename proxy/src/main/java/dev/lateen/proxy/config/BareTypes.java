package dev.lateen.proxy.config;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Descriptors of a sidecar's messages without options, read file by file from its packed class path when first needed.
/// The generated ones would bring the classes of their files, and with the options in them rules for every value that
/// nobody checks, for some MiB.
///
/// On a class path that nobody packed (with `BareTypesPack`) there are none, and the generated descriptors serve.
///
/// Thread: any; loading is guarded.
final class BareTypes {
    /// Beside this class. Its index has a line for each file: path, package, Java package.
    static final String FOLDER = "types/";

    static final String INDEX = FOLDER + "index";

    private static final BareTypes OF_CLASS_PATH = new BareTypes(BareTypes.class::getResourceAsStream);

    private final Files packed;
    private final List<Entry> index;
    private final Map<String, FileDescriptor> files = new HashMap<>();
    private final Map<Class<?>, Descriptor> byClass = new HashMap<>();

    BareTypes(Files packed) {
        this.packed = packed;
        this.index = readIndex(packed);
    }

    /// Opens a file, or gives null where there is none.
    interface Files {
        @Nullable
        InputStream open(String name);
    }

    private record Entry(String path, String name, String javaPackage) {}

    static BareTypes ofClassPath() {
        return OF_CLASS_PATH;
    }

    /// The type of a generated message.
    synchronized Optional<Descriptor> of(Message message) {
        Class<?> type = message.getClass();
        Descriptor known = byClass.get(type);
        if (known == null) {
            known = load(type.getName());
            if (known != null) {
                byClass.put(type, known);
            }
        }
        return Optional.ofNullable(known);
    }

    private @Nullable Descriptor load(String className) {
        int dot = className.lastIndexOf('.');
        String javaPackage = className.substring(0, dot);
        String inPackage = className.substring(dot + 1).replace('$', '.');
        for (Entry entry : index) {
            if (entry.javaPackage().equals(javaPackage)) {
                Descriptor found = inside(file(entry.path()).getMessageTypes(), entry.name() + "." + inPackage);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable Descriptor inside(List<Descriptor> types, String name) {
        for (Descriptor type : types) {
            if (type.getFullName().equals(name)) {
                return type;
            }
            if (name.startsWith(type.getFullName() + ".")) {
                return inside(type.getNestedTypes(), name);
            }
        }
        return null;
    }

    /// Messages that are in the files of these packages or in what they import, by name.
    synchronized Map<String, Descriptor> messages(Set<String> packages) {
        Map<String, Descriptor> messages = new HashMap<>();
        for (Entry entry : index) {
            if (packages.contains(entry.name())) {
                gather(file(entry.path()), messages);
            }
        }
        return messages;
    }

    private static void gather(FileDescriptor file, Map<String, Descriptor> into) {
        boolean news = false;
        for (Descriptor message : file.getMessageTypes()) {
            news |= into.put(message.getFullName(), message) == null;
        }
        if (news || file.getMessageTypes().isEmpty()) {
            file.getDependencies().forEach(imported -> gather(imported, into));
        }
    }

    private FileDescriptor file(String path) {
        FileDescriptor known = files.get(path);
        if (known != null) {
            return known;
        }
        try (InputStream in = packed.open(FOLDER + path)) {
            FileDescriptorProto proto = FileDescriptorProto.parseFrom(in);
            FileDescriptor[] imports = new FileDescriptor[proto.getDependencyCount()];
            for (int i = 0; i < imports.length; i++) {
                imports[i] = file(proto.getDependency(i));
            }
            FileDescriptor built = FileDescriptor.buildFrom(proto, imports);
            files.put(path, built);
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("the packed description of " + path + " does not hold together", e);
        }
    }

    private static List<Entry> readIndex(Files packed) {
        try (InputStream in = packed.open(INDEX)) {
            List<Entry> entries = new ArrayList<>();
            if (in != null) {
                for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                    String[] columns = line.split(" ");
                    entries.add(new Entry(columns[0], columns[1], columns[2]));
                }
            }
            return List.copyOf(entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
